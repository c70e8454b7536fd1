/* SPDX-License-Identifier: Apache-2.0 */
/* finding_rules.h - the table of all findings; private to finding*.c. */
#ifndef EARSHOT_FINDING_RULES_H
#define EARSHOT_FINDING_RULES_H

#include "sensor/conclude/finding.h"

extern const struct finding_rule finding_rules[];
extern const size_t finding_rule_count;

#endif
