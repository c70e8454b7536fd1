/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/check_main.h"
int main(void)
{
	return check_main("status", tcase_create("status"));
}
