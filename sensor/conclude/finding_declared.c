/* SPDX-License-Identifier: Apache-2.0 */
/* finding_declared.c - findings about what people declared. */
#include "sensor/conclude/work.h"
