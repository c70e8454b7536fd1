/* SPDX-License-Identifier: Apache-2.0 */
#include "earshot/cursor.h"

const uint8_t cursor_nowhere[2];
