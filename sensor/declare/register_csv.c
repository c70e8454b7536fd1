/* SPDX-License-Identifier: Apache-2.0 */
/* register_csv.c - register.csv: the owner's asset register. */
#include "sensor/declare/declarations.h"
