/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - in the making. */
#include "sensor/declare/parts.h"
