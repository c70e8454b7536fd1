/* SPDX-License-Identifier: Apache-2.0 */
/* csv_reader.c - see csv_reader.h. */
#include "sensor/util/csv_reader.h"
