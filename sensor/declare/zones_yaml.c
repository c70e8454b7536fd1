/* SPDX-License-Identifier: Apache-2.0 */
/* zones_yaml.c - zones.yaml: zones and conduits as people decided them. */
#include "sensor/declare/declarations.h"
