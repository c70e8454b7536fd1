/* SPDX-License-Identifier: Apache-2.0 */
/* conduits_yaml.c - in the making. */
#include "sensor/declare/parts.h"
