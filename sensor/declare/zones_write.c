/* SPDX-License-Identifier: Apache-2.0 */
/* zones_write.c - in the making. */
#include "sensor/declare/parts.h"
