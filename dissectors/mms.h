/* SPDX-License-Identifier: Apache-2.0 */
/* mms.h - MMS (the carrier of IEC 61850 and ICCP) as a guest of COTP. */
#ifndef EARSHOT_MMS_H
#define EARSHOT_MMS_H

#include "earshot/dissector.h"

/* One session PDU. Says something only when its content is MMS: port 102 belongs to S7 as well. */
void mms_dissect(struct cursor bytes, struct observer *observer);

#endif
