/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_strict.c - in the making. */
#include "sensor/declare/parts.h"
