/* SPDX-License-Identifier: Apache-2.0 */
/* finding_asset.c - findings about single assets. */
#include "sensor/conclude/work.h"
