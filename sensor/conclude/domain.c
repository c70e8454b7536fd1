/* SPDX-License-Identifier: Apache-2.0 */
/* domain.c - the layer-2 and layer-3 networks that assets are in. */
#include "sensor/conclude/work.h"
