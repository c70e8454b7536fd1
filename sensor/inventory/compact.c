#include "sensor/inventory/compact.h"
