/* SPDX-License-Identifier: Apache-2.0 */
/* json_zones.c - zones, conduits and findings as JSON. */
#include "sensor/export/export.h"
