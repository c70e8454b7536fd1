/* SPDX-License-Identifier: Apache-2.0 */
/* check_main.h - what main() of every Check program ends with. */
#ifndef EARSHOT_TEST_CHECK_MAIN_H
#define EARSHOT_TEST_CHECK_MAIN_H

#include <check.h>

/* Runs a suite, which it takes over; CK_VERBOSITY says how much is told. Returns main()'s result. */
static inline int check_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}

/* The same for a suite `name` of one case. */
static inline int check_main(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);
	suite_add_tcase(suite, tests);
	return check_suite(suite);
}

#endif
