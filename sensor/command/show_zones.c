/* SPDX-License-Identifier: Apache-2.0 */
/* show_zones.c - the tables of zones, conduits and findings. */
#include "sensor/command/show.h"
