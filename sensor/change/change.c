/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - the comparison. */
#include "sensor/change/change.h"
