/* SPDX-License-Identifier: Apache-2.0 */
/* finding_channel.c - findings about who talks to whom. */
#include "sensor/conclude/work.h"
