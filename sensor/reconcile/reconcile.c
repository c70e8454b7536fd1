/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/reconcile/reconcile.h"
