/* SPDX-License-Identifier: Apache-2.0 */
/* test_stations.c - what buildings, telecontrol, OPC UA and SNMP make of a device, by the rules that are installed. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "sensor/conclude/knowledge.h"
#include "tests/check_main.h"

#define DEVICE "10.0.0.5"
#define CLIENT "10.0.0.9"

static struct conclusions c;

/* One fact of a device that answers a client in the same protocol, and the type that it makes. */
static const struct {
	const char *value, *type;
	enum attribute attribute;
	enum protocol protocol;
} cases[] = {
	{"4242", "bacnet_controller", ATTRIBUTE_DEVICE_INSTANCE, PROTOCOL_BACNET},
	{"MS-NAE4510-2", "bacnet_controller", ATTRIBUTE_MODEL, PROTOCOL_BACNET},
	{"OPC UA server", "opc_server", ATTRIBUTE_PROFILE, PROTOCOL_OPCUA},
	{"history of values", "historian", ATTRIBUTE_PROFILE, PROTOCOL_OPCUA},
	{"urn:SIMATIC.S7-1500.OPC-UA.Application:PLC_1", "plc", ATTRIBUTE_APPLICATION_URI, PROTOCOL_OPCUA},
	{"KEPServerEX/UA Client Driver", "opc_server", ATTRIBUTE_APPLICATION_NAME, PROTOCOL_OPCUA},
	{"UPS-MIB", "ups", ATTRIBUTE_PROFILE, PROTOCOL_SNMP},
	{"Printer-MIB", "printer", ATTRIBUTE_PROFILE, PROTOCOL_SNMP},
	{"BRIDGE-MIB", "switch", ATTRIBUTE_PROFILE, PROTOCOL_SNMP},
	{"1.3.6.1.4.1.318.1.3.2.12", "ups", ATTRIBUTE_SYSTEM_OBJECT_ID, PROTOCOL_SNMP},
	{"1.3.6.1.4.1.318.1.3.4.5", "unknown", ATTRIBUTE_SYSTEM_OBJECT_ID, PROTOCOL_SNMP}, /* a power strip */
	{"1.3.6.1.4.1.3180.1.3.2.1", "unknown", ATTRIBUTE_SYSTEM_OBJECT_ID, PROTOCOL_SNMP},
	{"1.3.6.1.4.1.8691.7.116", "switch", ATTRIBUTE_SYSTEM_OBJECT_ID, PROTOCOL_SNMP},
	{"Siemens, SIMATIC NET, SCALANCE X208, 6GK5 208-0BA10-2AA3", "switch", ATTRIBUTE_DESCRIPTION, PROTOCOL_SNMP},
	{"Siemens, SIMATIC NET, SCALANCE W788-1PRO", "wireless_ap", ATTRIBUTE_DESCRIPTION, PROTOCOL_SNMP},
	{"Cisco IOS Software, IE2000 Software (IE2000-UNIVERSALK9-M)", "switch", ATTRIBUTE_DESCRIPTION, PROTOCOL_SNMP},
	{"UMTS Soft Switch", "unknown", ATTRIBUTE_DESCRIPTION, PROTOCOL_SNMP}, /* telephony */
	{"Linux sw-7 5.10.0", "unknown", ATTRIBUTE_DESCRIPTION, PROTOCOL_SNMP},
};

START_TEST(one_fact)
{
	const struct step steps[] = {{.kind = STEP_LINK,
					     .a = CLIENT,
					     .b = DEVICE,
					     .protocol = cases[_i].protocol,
					     .number = 4000,
					     .parts = PART_REQUEST | PART_RESPONSE,
					     .asked = OPERATION_DIAGNOSE,
					     .answered = OPERATION_DIAGNOSE},
		{.kind = STEP_FACT,
			.a = DEVICE,
			.attribute = cases[_i].attribute,
			.protocol = cases[_i].protocol,
			.message = "said",
			.value = cases[_i].value,
			.confidence = 95},
		END};
	scene_conclude(&c, steps);
	ck_assert_msg(strcmp(scene_asset(&c, DEVICE)->type, cases[_i].type) == 0, "%s: %s, not %s", cases[_i].value,
		scene_asset(&c, DEVICE)->type, cases[_i].type);
}
END_TEST

START_TEST(a_bacnet_router_is_not_what_is_behind_it)
{
	static const struct step steps[] = {TALKED(CLIENT, DEVICE, BACNET, 47808, OPERATION_READ),
		SPOKE(DEVICE "#bacnet-device:26001:72"),
		FACT(DEVICE "#bacnet-device:26001:72", MODEL, BACNET, "ReadProperty-ACK", "GNU Demo"), END};
	scene_conclude(&c, steps);
	const struct asset *router = scene_asset(&c, DEVICE);
	ck_assert_str_eq(router->type, "gateway");
	ck_assert(scene_has_flag(router, "gateway"));
	ck_assert_ptr_null(router->model);
	ck_assert_str_eq(scene_child(&c, DEVICE, "26001:72")->type, "bacnet_controller");
}
END_TEST

START_TEST(a_bacnet_controller_that_routes_is_one)
{
	static const struct step steps[] = {TALKED(CLIENT, DEVICE, BACNET, 47808, OPERATION_READ),
		FACT(DEVICE, DEVICE_INSTANCE, BACNET, "I-Am", "18"),
		FACT(DEVICE, MODEL, BACNET, "ReadProperty-ACK", "BCM-WEB"),
		FACT(DEVICE, GATEWAY_PROOF, BACNET, "I-Am-Router-To-Network", "router to BACnet network 4"),
		SPOKE(DEVICE "#bacnet-device:4:38"), END};
	scene_conclude(&c, steps);
	ck_assert_str_eq(scene_asset(&c, DEVICE)->type, "bacnet_controller");
	ck_assert(scene_has_flag(scene_asset(&c, DEVICE), "gateway"));
}
END_TEST

START_TEST(an_operator_workstation_is_no_controller)
{
	static const struct step steps[] = {TALKED(CLIENT, DEVICE, BACNET, 47808, OPERATION_READ),
		FACT(DEVICE, DEVICE_INSTANCE, BACNET, "I-Am", "4000000"),
		FACT(DEVICE, MODEL, BACNET, "ReadProperty-ACK", "Desigo CC"), END};
	scene_conclude(&c, steps);
	ck_assert_str_eq(scene_asset(&c, DEVICE)->type, "scada_server");
}
END_TEST

START_TEST(telecontrol_stations)
{
	static const struct step one[] = {
		TALKED(CLIENT, DEVICE, IEC104, 2404, OPERATION_READ), SPOKE(DEVICE "#iec104-common-address:10"), END};
	scene_conclude(&c, one);
	ck_assert_str_eq(scene_asset(&c, DEVICE)->type, "rtu");
	ck_assert_str_eq(scene_asset(&c, CLIENT)->type, "scada_server");
	ck_assert_str_eq(scene_child(&c, DEVICE, "10")->type, "rtu");
	scene_clear(&c);
	static const struct step two[] = {TALKED(CLIENT, DEVICE, IEC104, 2404, OPERATION_READ),
		SPOKE(DEVICE "#iec104-common-address:10"), SPOKE(DEVICE "#iec104-common-address:11"), END};
	scene_conclude(&c, two);
	ck_assert_str_eq(scene_asset(&c, DEVICE)->type, "gateway");
	scene_clear(&c);
	static const struct step between[] = {TALKED(CLIENT, DEVICE, IEC104, 2404, OPERATION_READ),
		TALKED(DEVICE, "10.0.1.1", IEC104, 2404, OPERATION_READ),
		TALKED(DEVICE, "10.0.1.2", IEC104, 2404, OPERATION_READ), END};
	scene_conclude(&c, between);
	ck_assert_str_eq(scene_asset(&c, DEVICE)->type, "gateway");
}
END_TEST

START_TEST(bacnet_vendors_have_names)
{
	ck_assert_str_eq(knowledge_name(scene_knowledge(), NAMING_BACNET_VENDOR, 24), "Automated Logic Corporation");
	ck_assert_ptr_null(knowledge_name(scene_knowledge(), NAMING_BACNET_VENDOR, 65535));
}
END_TEST

static void after(void)
{
	scene_clear(&c);
}

int main(void)
{
	TCase *tcase = tcase_create("stations");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, NULL, after);
	tcase_add_loop_test(tcase, one_fact, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tcase, a_bacnet_router_is_not_what_is_behind_it);
	tcase_add_test(tcase, a_bacnet_controller_that_routes_is_one);
	tcase_add_test(tcase, an_operator_workstation_is_no_controller);
	tcase_add_test(tcase, telecontrol_stations);
	tcase_add_test(tcase, bacnet_vendors_have_names);
	return check_main("stations", tcase);
}
