/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dnp3.c - DNP3 by IEEE 1815-2012: frames written by hand, and a recorded session of opendnp3.
 *
 * What is expected follows from clauses 4 (application layer), 8 (transport function) and 9 (data link), and from
 * annex A for objects. In the scripts a blank stands before each block of a link frame. Station 1 is the master.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/dnp3.h"
#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector dnp3_dissector;

/* A read of all attributes, answered in two segments; the second has numbers, floats and a private set. */
static const char device_attributes[] = "> 05640dc40a00010075ba c0c10100fe00000074e0\n"
					"< 0564ff4401000a005aeb 45c181900000fc00000001154578616d9d48 "
					"706c6520506f7765722053797374656d0401 7300fa00000001085254552d3930303017e9 "
					"00f8000000010a534e20303034322d31be99 3700f2000000010756322e31312e33007cac "
					"f30000000105726576204300f5000000395c 010d53756273746174696f6e2031320053aa "
					"f60000000104452d373700f700000001e590 08666565646572203300f90000000107e3b2 "
					"4c6576656c203200f400000001084772ac76 6964204c746400d000000001054e6f720995 "
					"746800cf00000001034f707300ce0000613d 0001094e69676874204f707300d10000b2c4 "
					"0002010500cc00000004040000584100a080 cd00000004080000000000a047c000cb29e3 "
					"0000000302feff00c4009b4e\n"
					"< 0564464401000a00a15c 86000001056366672d3100c5000000013a16 "
					"013700ca000000010575726e3a7800eee5d2 0000000201100001000303010c70726936bb "
					"766174652074657874000200030302016a9c 01a1c9\n";
static const char device_attributes_said[] =
	"> dnp3 asks diagnose\n"
	"> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
	"< dnp3 answers diagnose\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"< fact sender dnp3-address=10 status = need time [IIN1.4] 95%\n"
	"< fact sender dnp3-address=10 status = device restart [IIN1.7] 95%\n"
	"< dnp3 answers\n"
	"< fact sender dnp3-address=10 vendor = Example Power Systems [device attribute g0v252] 95%\n"
	"< fact sender dnp3-address=10 model = RTU-9000 [device attribute g0v250] 95%\n"
	"< fact sender dnp3-address=10 serial_number = SN 0042-17 [device attribute g0v248] 95%\n"
	"< fact sender dnp3-address=10 software_version = V2.11.3 [device attribute g0v242] 95%\n"
	"< fact sender dnp3-address=10 hardware_version = rev C [device attribute g0v243] 95%\n"
	"< fact sender dnp3-address=10 location = Substation 12 [device attribute g0v245] 95%\n"
	"< fact sender dnp3-address=10 id_code = E-77 [device attribute g0v246] 95%\n"
	"< fact sender dnp3-address=10 name = feeder 3 [device attribute g0v247] 95%\n"
	"< fact sender dnp3-address=10 subset = Level 2 [device attribute g0v249] 95%\n"
	"< fact sender dnp3-address=10 owner_name = Grid Ltd [device attribute g0v244] 95%\n"
	"< fact sender dnp3-address=10 system_name = North [device attribute g0v208] 95%\n"
	"< fact sender dnp3-address=10 operator_name = Ops [device attribute g0v207] 95%\n"
	"< fact sender dnp3-address=10 object = secondary operator=Night Ops [device attribute g0v206] 95%\n"
	"< fact sender dnp3-address=10 secure_authentication_version = 5 [device attribute g0v209] 95%\n"
	"< fact sender dnp3-address=10 object = longitude=13.5 [device attribute g0v204] 95%\n"
	"< fact sender dnp3-address=10 object = latitude=-47.25 [device attribute g0v205] 95%\n"
	"< fact sender dnp3-address=10 object = altitude=-2 [device attribute g0v203] 95%\n"
	"< fact sender dnp3-address=10 configuration_id = cfg-1 [device attribute g0v196] 95%\n"
	"< fact sender dnp3-address=10 configuration_version = 7 [device attribute g0v197] 95%\n"
	"< fact sender dnp3-address=10 object = mRID=urn:x [device attribute g0v202] 95%\n"
	"< fact sender dnp3-address=10 object = g0v1 set 3=private text [private device attribute] 95%\n";

/* Objects of every kind of prefix before the attributes; what stands behind an unknown object is out of reach. */
static const char attributes_behind_other_objects[] =
	"< 0564624401000a004de0 c0c28100000101000007ff1e02170200e6a2 "
	"010500010180006e0500000068656c6c64b0 6f320107010000000000003c020603016918 "
	"000004aa0200fc170100010441434d45805c 00fa28010000000102523263010000002a73 "
	"0100f800000001056e657665722c09\n";
static const char attributes_behind_other_objects_said[] =
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"< fact sender dnp3-address=10 vendor = ACME [device attribute g0v252] 95%\n"
	"< fact sender dnp3-address=10 model = R2 [device attribute g0v250] 95%\n";

/* A response in two fragments with a confirmation between them. */
static const char message_of_two_fragments[] = "< 0564284401000a005bf2 c1a381000000fc000000010953706c69dfe1 "
					       "7420496e6300fa00000001074d6f64658e28 6c20318866\n"
					       "> 056408c40a000100fc42 c0c3009826\n"
					       "< 0564144401000a00aaac c26481000000f80000000103532d31bbe5\n";
static const char message_of_two_fragments_said[] =
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"> dnp3 asks\n"
	"> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 vendor = Split Inc [device attribute g0v252] 95%\n"
	"< fact sender dnp3-address=10 model = Model 1 [device attribute g0v250] 95%\n"
	"< fact sender dnp3-address=10 serial_number = S-1 [device attribute g0v248] 95%\n";

/* A fragment with the wrong sequence number is no continuation; one cut inside an object still joins. */
static const char fragment_lost[] = "< 0564164401000a001d8a c18381000000fa000000010e4d6f64655346 6cffa3\n"
				    "< 0564134401000a009472 c245810000206f7665722074776f9421\n"
				    "< 0564164401000a001d8a c38681000000fa000000010e4d6f64654a46 6cffa3\n"
				    "< 0564134401000a009472 c447810000206f7665722074776fc219\n";
static const char fragment_lost_said[] =
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"< dnp3 answers read\n"
	"< dnp3 answers read\n"
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 model = Model over two [device attribute g0v250] 95%\n";

/* Two outstations behind one address, their segments taking turns. */
static const char segments_interleaved[] = "< 0564154401000a004d19 40c081000000fc0000000114414141418be7\n"
					   "< 0564154401000b0003b2 40c081000000fc0000000114424242424b2d\n"
					   "< 0564154401000a004d19 014141414141414141414141414141411197\n"
					   "< 0564154401000b0003b2 014242424242424242424242424242424905\n"
					   "< 0564074401000a003b47 8241359a\n"
					   "< 0564074401000b0075ec 8242d7c0\n";
static const char segments_interleaved_said[] =
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=11 link_address = 11 [data link header] 95%\n"
	"< presence sender dnp3-address=11 [FC 129 response]\n"
	"< dnp3 answers\n"
	"< dnp3 answers\n"
	"< dnp3 answers\n"
	"< fact sender dnp3-address=10 vendor = AAAAAAAAAAAAAAAAAAAA [device attribute g0v252] 95%\n"
	"< dnp3 answers\n"
	"< fact sender dnp3-address=11 vendor = BBBBBBBBBBBBBBBBBBBB [device attribute g0v252] 95%\n";

/* The second segment is missing. */
static const char segment_lost[] = "< 0564154401000a004d19 40c081000000fc0000000128434343439500\n"
				   "< 0564154401000a004d19 0243434343434343434343434343434315a2\n"
				   "< 05640c4401000a00b74e 834343434343433f32\n";
static const char segment_lost_said[] = "< dnp3 answers read\n"
					"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
					"< presence sender dnp3-address=10 [FC 129 response]\n"
					"< dnp3 answers\n"
					"< dnp3 answers\n";

/* The second segment is sent twice. */
static const char segment_repeated[] = "< 0564154401000a004d19 40c081000000fc0000000128434343439500\n"
				       "< 0564154401000a004d19 014343434343434343434343434343438174\n"
				       "< 0564154401000a004d19 014343434343434343434343434343438174\n"
				       "< 0564154401000a004d19 0243434343434343434343434343434315a2\n"
				       "< 05640c4401000a00b74e 834343434343433f32\n";
static const char segment_repeated_said[] = "< dnp3 answers read\n"
					    "< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
					    "< presence sender dnp3-address=10 [FC 129 response]\n"
					    "< dnp3 answers\n"
					    "< dnp3 answers\n"
					    "< dnp3 answers\n"
					    "< dnp3 answers\n"
					    "< fact sender dnp3-address=10 vendor = "
					    "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC [device attribute g0v252] 95%\n";

/* Select, operate (refused by its echoed status), direct operate (refused by IIN2.0), broadcast restart,
 * clock, restart flag, string, analog direct operate (refused by its status). */
static const char controls[] = "> 05641ac40a0001008a1c c0c1030c01280100030041016400000019b7 c80000000078fb\n"
			       "< 05641c4401000a007636 c0c18100000c012801000300410164001d45 0000c80000000078fb\n"
			       "> 05641ac40a0001008a1c c0c2040c012801000300410164000000e1bd c80000000078fb\n"
			       "< 05641c4401000a007636 c0c28100000c0128010003004101640035f7 0000c8000000040022\n"
			       "> 05641ac40a0001008a1c c0c3050c01280100030041016400000009ed c80000000078fb\n"
			       "< 05640a4401000a006e25 c0c381000183d4\n"
			       "> 056408c4ffff0100cf9c c0c40d56b1\n"
			       "> 056412c40a0001005686 c0c50232010701000000000000cf49\n"
			       "< 05640a4401000a006e25 c0c58190005832\n"
			       "> 05640ec40a0001002529 c0c602500100070700403d\n"
			       "> 056410c40a000100e1a0 c0c7026e030000006162631b5d\n"
			       "> 056410c40a000100e1a0 c0c80529021701000500007c94\n"
			       "< 0564124401000a0073c7 c0c88100002902170100050001a97a\n";
static const char controls_said[] = "> dnp3 asks control\n"
				    "> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
				    "< dnp3 answers control\n"
				    "< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
				    "< presence sender dnp3-address=10 [FC 129 response]\n"
				    "> dnp3 asks control\n"
				    "> event receiver control: \"outstation 10\" [operate (4)]\n"
				    "< dnp3 refuses control\n"
				    "> dnp3 asks control\n"
				    "> event receiver control: \"outstation 10\" [direct operate (5)]\n"
				    "< dnp3 refuses control\n"
				    "> dnp3 asks control\n"
				    "> event receiver control: \"broadcast 65535\" [cold restart (13)]\n"
				    "> dnp3 asks configure\n"
				    "< dnp3 answers configure\n"
				    "< fact sender dnp3-address=10 status = need time [IIN1.4] 95%\n"
				    "< fact sender dnp3-address=10 status = device restart [IIN1.7] 95%\n"
				    "> dnp3 asks configure\n"
				    "> dnp3 asks write\n"
				    "> dnp3 asks control\n"
				    "> event receiver control: \"outstation 10\" [direct operate (5)]\n"
				    "< dnp3 refuses control\n";

/* The outstation opens the connection and speaks first. */
static const char unsolicited[] = "< 05640a44010000046788 c0f08280006b7d\n"
				  "> 056408c4000401009a19 c0d0001b49\n"
				  "< 0564104401000004cd4c c0d1828000020117010001a456\n";
static const char unsolicited_said[] = "< dnp3 answers\n"
				       "< fact sender dnp3-address=1024 link_address = 1024 [data link header] 95%\n"
				       "< presence sender dnp3-address=1024 [FC 130 unsolicited response]\n"
				       "< fact sender dnp3-address=1024 status = device restart [IIN1.7] 95%\n"
				       "> dnp3 asks\n"
				       "> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
				       "< dnp3 answers read\n";

/* Reset link and link status: DIR tells the master. */
static const char link_services_only[] = "? 056405c000040100d7f7\n"
					 "! 05640500010000042770\n"
					 "? 056405c9000401009881\n"
					 "! 0564050b010000046440\n";
static const char link_services_only_said[] =
	"? dnp3 asks\n"
	"? fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
	"! dnp3 answers\n"
	"! fact sender dnp3-address=1024 link_address = 1024 [data link header] 95%\n"
	"! presence sender dnp3-address=1024 [data link header]\n"
	"? dnp3 asks\n"
	"! dnp3 answers\n";

/* Both ends set DIR: neither is believed until a function code says who is who. */
static const char direction_bit_lies[] = "? 056405c9000401009881\n"
					 "! 0564058b010000041021\n"
					 "? 05640b4400040100beeb c0c1013c0106f973\n"
					 "! 05640580010000045311\n"
					 "! 05640ac40100000413e9 c0c1810000742a\n"
					 "! 05640580010000045311\n";
static const char direction_bit_lies_said[] =
	"? dnp3 asks\n"
	"? fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
	"! dnp3 exchanges\n"
	"! fact sender dnp3-address=1024 link_address = 1024 [data link header] 95%\n"
	"? dnp3 asks read\n"
	"! dnp3 answers\n"
	"! presence sender dnp3-address=1024 [data link header]\n"
	"! dnp3 answers read\n"
	"! dnp3 answers\n";

/* Aggressive mode, authentication request without response, authentication response. */
static const char secure_authentication[] = "> 056415c40a0001006858 c0c101780307010100000001003c0106aa9d\n"
					    "> 056410c40a000100e1a0 c0c22078045b010200010006e5\n"
					    "< 0564144401000a00aaac c0c283000078015b010400010000008bc1\n";
static const char secure_authentication_said[] =
	"> dnp3 asks read\n"
	"> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
	"> fact sender dnp3-address=1 security = secure authentication in use [group 120 authentication object] 95%\n"
	"> dnp3 asks configure\n"
	"< dnp3 answers configure\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 131 authentication response]\n"
	"< fact sender dnp3-address=10 security = secure authentication in use [authentication response] 95%\n";

/* Open for writing; and a delete whose name is cut, so that it is not told. */
static const char files[] = "> 056434c40a0001000d1c c0c11946035b0126001a000c00000000651f "
			    "000000ff0100000000000000000200000b8a 04010066772f696d6167652e62696e6f65\n"
			    "> 056432c40a000100d477 c0c21b46035b0124001a000c000000005620 "
			    "000000ff0100000000000000000200000b8a 04010066772f696d6167652e62d8cb\n";
static const char files_said[] = "> dnp3 asks file\n"
				 "> fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
				 "> event receiver file: \"outstation 10: fw/image.bin\" [open file (25)]\n"
				 "> dnp3 asks file\n"
				 "> event receiver file: \"outstation 10\" [delete file (27)]\n";

/* The first two blocks of a frame; seven bytes of a header. */
static const char cut_by_snap_length[] = "<~ 0564304401000a004610 c0c181000000fc000000011f41434d458a3c "
					 "20506f7765722053797374656d7320492241\n"
					 "<~ 0564304401000a\n";
static const char cut_by_snap_length_said[] = "< dnp3 answers read\n"
					      "< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
					      "< presence sender dnp3-address=10 [FC 129 response]\n"
					      "< malformed\n";

/* The CRC of the second data block does not fit. */
static const char data_crc_wrong[] = "< 0564304401000a004610 c0c181000000fc000000011f41434d458a3c "
				     "21506f7765722053797374656d7320492241 6e636f72706f7261746564ef40\n";
static const char data_crc_wrong_said[] = "< malformed\n";

/* Two link frames and the start of a third. */
static const char several_frames_in_one_segment[] =
	"< 0564144401000a00aaac c0c081000000fc00000001034f6e65e7c8 0564144401000b00e407 "
	"c0c081000000fc000000010354776fd171 056405\n";
static const char several_frames_in_one_segment_said[] =
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
	"< presence sender dnp3-address=10 [FC 129 response]\n"
	"< fact sender dnp3-address=10 vendor = One [device attribute g0v252] 95%\n"
	"< dnp3 answers read\n"
	"< fact sender dnp3-address=11 link_address = 11 [data link header] 95%\n"
	"< presence sender dnp3-address=11 [FC 129 response]\n"
	"< fact sender dnp3-address=11 vendor = Two [device attribute g0v252] 95%\n"
	"< more 0\n";

/* The start of a session of opendnp3 with itself: the outstation (it listens) has the first word. */
static const char recorded_session[] = "? 05640a4401000a006e25 c0f082900043a2\n"
				       "! 056411c40a0001000615 c0c0153c02063c03063c04061a55\n"
				       "? 05640a4401000a006e25 c1c08190009d0f\n"
				       "! 056408c40a000100fc42 c1d000a350\n"
				       "! 05640ec40a0001002529 c2c102500100070700c5af\n"
				       "? 05640a4401000a006e25 c2c181100050b3\n"
				       "! 056414c40a0001008fed c3c2013c02063c03063c04063c0106429e\n"
				       "? 0564ff4401000a005aeb 43c281100001020000090202020202021480 "
				       "0202020203020000090202020202020270da 0202021e0500000002000000001e010099ae "
				       "01090200000000020000000002000000923e 000200000000020000000002000000007eae "
				       "020000000002000000000200000000145f04 01000009020000000002000000000200f4bf "
				       "00000002000000000200000000020000dd5e 000002000000000200000000020000004dba "
				       "00020000000015010000090200000000df32 02000000000200000000020000000002f003 "
				       "0000000002000000000200000000020069ce 000000020000000002000000000a0200f888 "
				       "000902020202020202020202280100002c6a 090200000000020000000002000000006015 "
				       "020000000002000000004e72\n"
				       "? 0564a14401000a00e3cc 840200000000020000000002000000003be2 "
				       "02000000000200000000320400000900cdae 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 000000000000000000000000006e010005a0 "
				       "000900000000000000000000015d\n"
				       "! 056411c40a0001000615 c4c3143c02063c03063c0406fdc9\n"
				       "? 05640a4401000a006e25 c5c3811000eb92\n"
				       "! 056414c40a0001008fed c5c4013c02063c03063c04063c01064b31\n"
				       "? 0564ff4401000a005aeb 46c48110000102000009020202020202f89f "
				       "0202020203020000090202020202020270da 0202021e0500000002000000001e010099ae "
				       "01090200000000020000000002000000923e 000200000000020000000002000000007eae "
				       "020000000002000000000200000000145f04 01000009020000000002000000000200f4bf "
				       "00000002000000000200000000020000dd5e 000002000000000200000000020000004dba "
				       "00020000000015010000090200000000df32 02000000000200000000020000000002f003 "
				       "0000000002000000000200000000020069ce 000000020000000002000000000a0200f888 "
				       "000902020202020202020202280100002c6a 090200000000020000000002000000006015 "
				       "020000000002000000004e72\n"
				       "? 0564a14401000a00e3cc 87020000000002000000000200000000af34 "
				       "02000000000200000000320400000900cdae 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 00000000000000000000000000000000ffff "
				       "00000000000000000000000000000000ffff 000000000000000000000000006e010005a0 "
				       "000900000000000000000000015d\n"
				       "! 05640bc40a000100acd1 c6c5013c02069324\n";
static const char recorded_session_said[] = "? dnp3 answers\n"
					    "? fact sender dnp3-address=10 link_address = 10 [data link header] 95%\n"
					    "? presence sender dnp3-address=10 [FC 130 unsolicited response]\n"
					    "? fact sender dnp3-address=10 status = need time [IIN1.4] 95%\n"
					    "? fact sender dnp3-address=10 status = device restart [IIN1.7] 95%\n"
					    "! dnp3 asks configure\n"
					    "! fact sender dnp3-address=1 link_address = 1 [data link header] 95%\n"
					    "? dnp3 answers configure\n"
					    "! dnp3 asks\n"
					    "! dnp3 asks configure\n"
					    "? dnp3 answers configure\n"
					    "! dnp3 asks read\n"
					    "? dnp3 answers read\n"
					    "? dnp3 answers\n"
					    "! dnp3 asks configure\n"
					    "? dnp3 answers configure\n"
					    "! dnp3 asks read\n"
					    "? dnp3 answers read\n"
					    "? dnp3 answers\n"
					    "! dnp3 asks read\n";

static const struct {
	const char *name, *script, *said;
} cases[] = {
	{"device attributes", device_attributes, device_attributes_said},
	{"attributes behind other objects", attributes_behind_other_objects, attributes_behind_other_objects_said},
	{"message of two fragments", message_of_two_fragments, message_of_two_fragments_said},
	{"fragment lost", fragment_lost, fragment_lost_said},
	{"segments interleaved", segments_interleaved, segments_interleaved_said},
	{"segment lost", segment_lost, segment_lost_said},
	{"segment repeated", segment_repeated, segment_repeated_said},
	{"controls", controls, controls_said},
	{"unsolicited", unsolicited, unsolicited_said},
	{"link services only", link_services_only, link_services_only_said},
	{"direction bit lies", direction_bit_lies, direction_bit_lies_said},
	{"secure authentication", secure_authentication, secure_authentication_said},
	{"files", files, files_said},
	{"cut by snap length", cut_by_snap_length, cut_by_snap_length_said},
	{"data crc wrong", data_crc_wrong, data_crc_wrong_said},
	{"several frames in one segment", several_frames_in_one_segment, several_frames_in_one_segment_said},
	{"recorded session", recorded_session, recorded_session_said},
};

START_TEST(says)
{
	char *said = harness_run(&dnp3_dissector, HARNESS_EXPECTED_PORT, cases[_i].script);
	harness_compare(cases[_i].name, said, cases[_i].said);
}
END_TEST

/* The framing is its own proof: a foreign port changes nothing. */
START_TEST(says_on_foreign_port)
{
	char *said = harness_run(&dnp3_dissector, HARNESS_FOREIGN_PORT, cases[_i].script);
	harness_compare(cases[_i].name, said, cases[_i].said);
}
END_TEST

START_TEST(abused)
{
	ck_assert_uint_eq(harness_abuse(&dnp3_dissector, cases[_i].script), 0);
}
END_TEST

static enum framing frame(const char *bytes, size_t bytes_len, size_t *len)
{
	return dnp3_dissector.frame(cursor_over((const uint8_t *)bytes, bytes_len), len);
}

START_TEST(frames)
{
	char status[12] = "\x05\x64\x05\xc9\x00\x04\x01\x00\x98\x81";
	size_t len;
	ck_assert_int_eq(frame(status, 10, &len), FRAMING_WHOLE);
	ck_assert_uint_eq(len, 10);
	ck_assert_int_eq(frame(status, 12, &len), FRAMING_WHOLE);
	ck_assert_uint_eq(len, 10);
	for (size_t cut = 0; cut < 10; cut++)
		ck_assert_int_eq(frame(status, cut, &len), FRAMING_MORE);
	for (size_t i = 0; i < 10; i++) {
		status[i] ^= 0x10;
		ck_assert_int_eq(frame(status, 10, &len), FRAMING_FOREIGN);
		status[i] ^= 0x10;
	}
	ck_assert_int_eq(frame("GET / HTTP", 10, &len), FRAMING_FOREIGN);
	ck_assert_int_eq(frame("\x05\x64\x04", 3, &len), FRAMING_FOREIGN);
}
END_TEST

/* Against the definition, a bit at a time, for every length a block can have. */
START_TEST(crc)
{
	uint8_t bytes[40];
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		unsigned reference = 0;
		for (size_t i = 0; i < len; i++) {
			bytes[i] = (uint8_t)(i * 73 + len * 41);
			reference ^= bytes[i];
			for (int bit = 0; bit < 8; bit++)
				reference = reference & 1 ? reference >> 1 ^ 0xa6bc : reference >> 1;
		}
		ck_assert_uint_eq(dnp3_crc(bytes, len), reference ^ 0xffff);
	}
	/* The check value of this CRC in the catalogues. */
	ck_assert_uint_eq(dnp3_crc((const uint8_t *)"123456789", 9), 0xea82);
}
END_TEST

/* A link frame around `len` bytes of user data, as a line of a script. */
static void line_of(char *line, const uint8_t *data, size_t len)
{
	uint8_t bytes[292] = {0x05, 0x64, (uint8_t)(5 + len), 0x44, 1, 0, 10, 0};
	size_t used = 8;
	uint16_t sum = dnp3_crc(bytes, 8);
	bytes[used++] = (uint8_t)(sum & 0xff);
	bytes[used++] = (uint8_t)(sum >> 8);
	for (size_t at = 0; at < len; at += 16) {
		size_t block = len - at < 16 ? len - at : 16;
		memcpy(bytes + used, data + at, block);
		sum = dnp3_crc(data + at, block);
		used += block;
		bytes[used++] = (uint8_t)(sum & 0xff);
		bytes[used++] = (uint8_t)(sum >> 8);
	}
	line += sprintf(line, "< ");
	for (size_t i = 0; i < used; i++)
		line += sprintf(line, "%02x", bytes[i]);
	sprintf(line, "\n");
}

/* The application data of the attribute cases, cut and flipped behind CRCs that fit. */
START_TEST(abused_behind_good_crcs)
{
	static const uint8_t responses[][60] = {
		"\xc0\xc1\x81\x00\x00\x00\xfc\x00\x00\x00\x01\x04"
		"ACME"
		"\x00\xd1\x17\x01\x00\x02\x01\x05"
		"\x00\xcc\x28\x01\x00\x00\x00\x04\x04\x00\x00\x58\x41",
		"\xc0\xc1\x81\x00\x00\x0c\x01\x28\x01\x00\x03\x00\x41\x01\x64\x00\x00\x00\xc8\x00\x00\x00\x00\x1e\x02"
		"\x01\x00\x00\x03\x00",
		"\xc0\xc1\x1b\x46\x03\x5b\x01\x1d\x00\x1a\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"abc",
	};
	static const size_t lens[] = {37, 31, 37};
	char line[700];
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		uint8_t data[60];
		for (size_t cut = 0; cut <= lens[i]; cut++) {
			line_of(line, responses[i], cut);
			char *said = harness_run(&dnp3_dissector, HARNESS_EXPECTED_PORT, line);
			ck_assert_ptr_null(strstr(said, "malformed"));
			/* A value that is not all there is no value. */
			if (cut < 16)
				ck_assert_ptr_null(strstr(said, "vendor"));
			free(said);
		}
		for (size_t bit = 0; bit < lens[i] * 8; bit++) {
			memcpy(data, responses[i], sizeof(data));
			data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			line_of(line, data, lens[i]);
			free(harness_run(&dnp3_dissector, HARNESS_EXPECTED_PORT, line));
		}
	}
}
END_TEST

/* Counts of objects that are not there: none may cost more than the bytes that are. */
START_TEST(counts_without_objects)
{
	for (unsigned qualifier = 0; qualifier < 256; qualifier++) {
		for (unsigned group = 0; group < 128; group += group == 0 ? 1 : 127 / 3) {
			uint8_t data[] = {0xc0, 0xc1, 0x81, 0, 0, (uint8_t)group, 1, (uint8_t)qualifier, 0xff, 0xff,
				0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3};
			char line[100];
			line_of(line, data, sizeof(data));
			free(harness_run(&dnp3_dissector, HARNESS_EXPECTED_PORT, line));
		}
	}
}
END_TEST

static unsigned occurrences(const char *text, const char *what)
{
	unsigned count = 0;
	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		count++;
	return count;
}

/* Link status of stations `first` to `last`, three times round, over one connection. */
static char *stations_run(unsigned first, unsigned last)
{
	char *script = malloc(3 * (last - first + 1) * 32), *at = script;
	ck_assert_ptr_nonnull(script);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned address = first; address <= last; address++) {
			uint8_t header[8] = {0x05, 0x64, 5, 0x0b, 1, 0, (uint8_t)address, (uint8_t)(address >> 8)};
			at += sprintf(at, "< 0564050b0100%02x%02x", header[6], header[7]);
			uint16_t sum = dnp3_crc(header, sizeof(header));
			at += sprintf(at, "%02x%02x\n", sum & 0xff, sum >> 8);
		}
	}
	char *said = harness_run(&dnp3_dissector, HARNESS_EXPECTED_PORT, script);
	free(script);
	return said;
}

/* A concentrator's stations are each told once; far more than there are notes for, and none is left out. */
START_TEST(many_stations)
{
	char *said = stations_run(1, 32);
	ck_assert_uint_eq(occurrences(said, "presence"), 32);
	free(said);
	said = stations_run(1, 400);
	for (unsigned address = 1; address <= 400; address++) {
		char expected[64];
		sprintf(expected, "presence sender dnp3-address=%u [data link header]", address);
		ck_assert_ptr_nonnull(strstr(said, expected));
	}
	free(said);
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("dnp3");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, says_on_foreign_port, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	tcase_add_test(tcase, frames);
	tcase_add_test(tcase, crc);
	tcase_add_test(tcase, abused_behind_good_crcs);
	tcase_add_test(tcase, counts_without_objects);
	tcase_add_test(tcase, many_stations);
	return check_main("dnp3", tcase);
}
