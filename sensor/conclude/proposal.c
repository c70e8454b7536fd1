/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.c - in the making. */
#include "sensor/declare/parts.h"
