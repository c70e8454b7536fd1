/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files of declare/ share; private to this folder. */
#ifndef EARSHOT_DECLARE_PARTS_H
#define EARSHOT_DECLARE_PARTS_H

#include "sensor/declare/declarations.h"

#endif
