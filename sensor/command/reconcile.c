/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command.h"
