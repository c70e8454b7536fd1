/* SPDX-License-Identifier: Apache-2.0 */
/* zones_merge.c - in the making. */
#include "sensor/declare/parts.h"
