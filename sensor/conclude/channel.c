/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c - what was decided about a channel. */
#include "sensor/conclude/work.h"
