/* SPDX-License-Identifier: Apache-2.0 */
/* register_key.c - in the making. */
#include "sensor/declare/parts.h"
