/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.c - what was decided about each channel of a conduit (IEC 62443-3-2 ZCR 6.4 h, i).
 *
 * Between two zones that people accepted everything is denied that no rule of an accepted conduit allows. A rule
 * speaks of a channel when the zone that opened it, the protocol and the port are those of the rule; of the operations
 * it allows its own, so that two rules may allow a channel together ("read for ever, write until May"). What is only
 * needed to carry an allowed protocol (ISO-on-TCP under S7, EtherNet/IP under CIP) is allowed with it. A call that
 * nobody answered has no protocol; it is taken for what is spoken on that port in the conduit. Where a zone or the
 * conduit is only proposed nobody decided, and the channel is unreviewed.
 *
 *	allowed       rules that hold allow every operation
 *	expired       they do together with rules that had ended when the channel was last seen
 *	denied        otherwise
 *	not observed  a protocol of a rule of an accepted conduit that no channel used: a channel without ends
 */
#include "sensor/conclude/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define BECAUSE_BYTES 400 /* one line with two ids of people's own */
#define ALL_OPERATIONS ((1u << OPERATION_BITS) - 1)
#define OPERATIONS_BYTES 64

const char *channel_verdict_name(enum verdict_of_channel verdict)
{
	static const char *const names[CHANNEL_VERDICTS] = {
		"allowed", "denied", "unreviewed", "expired", "not observed"};
	return verdict < CHANNEL_VERDICTS ? names[verdict] : "";
}

/* How near a rule came to allowing a channel; the nearest is what a person looks at. */
enum nearness { NEAR_NOT, NEAR_PROTOCOL, NEAR_PORT, NEAR_DIRECTION };

/* One conduit being judged. */
struct court {
	struct work *w;
	struct conduit *conduit;
	const struct declared_conduit *declared; /* NULL: nobody wrote one */
	bool from_is_first;                      /* zones[0] is declared->from */
	bool **used;                             /* by rule, by its protocol */
	struct service *services;                /* that are spoken in the conduit; sorted */
	uint32_t service_count;
};

/* Which protocol a port is for, as far as the conduit shows. */
struct service {
	const char *transport, *protocol;
	uint16_t port;
};

/* What the rules say together of one channel. */
struct ruling {
	unsigned allowed, expired; /* operations */
	bool spoke, spoke_expired; /* for a channel without operations */
	const struct conduit_rule *by, *by_expired, *nearest;
	enum nearness near;
	const char *guess; /* of an attempt: the protocol it was taken for; NULL: of no attempt */
};

static const char *rule_name(const struct court *court, const struct conduit_rule *rule, char out[120])
{
	if (rule->id != NULL)
		snprintf(out, 120, "%.100s", rule->id);
	else
		snprintf(out, 120, "%.90s/%u", court->declared->id, (unsigned)(rule - court->declared->allow) + 1);
	return out;
}

static char *operations_list(char out[OPERATIONS_BYTES], unsigned operations)
{
	size_t len = 0;
	out[0] = 0;
	for (unsigned bit = 1; bit <= ALL_OPERATIONS; bit <<= 1)
		if (operations & bit)
			len += (size_t)snprintf(
				out + len, OPERATIONS_BYTES - len, "%s%s", len > 0 ? ", " : "", operation_name(bit));
	return out;
}

/* Protocols that are only there to carry another one: whoever allows the latter allows the former. */
static const struct {
	const char *carrier, *carried;
} carriers[] = {{"cotp", "s7comm"}, {"cotp", "s7comm-plus"}, {"cotp", "mms"}, {"enip", "cip"}, {"enip", "pccc"},
	{"cip", "pccc"}, {"enip", "cip-io"}, {"modbus", "umas"}};
#define CARRIERS (sizeof(carriers) / sizeof(carriers[0]))

static bool carries(const char *protocol, const char *carried)
{
	for (size_t i = 0; i < CARRIERS; i++)
		if (strcmp(carriers[i].carrier, protocol) == 0 && strcmp(carriers[i].carried, carried) == 0)
			return true;
	return false;
}

#define COMPARE(member)                                                                                                \
	if (a->member != b->member)                                                                                    \
	return a->member < b->member ? -1 : 1

/* The order of channels in a conduit. */
static int channel_compare(const void *left, const void *right)
{
	const struct channel *a = left, *b = right;
	COMPARE(initiator);
	COMPARE(responder);
	int order = strcmp(a->protocol, b->protocol);
	if (order == 0)
		order = strcmp(a->transport, b->transport);
	if (order != 0)
		return order;
	COMPARE(port);
	return 0;
}

bool channel_is_carrier(const struct conduit *conduit, uint32_t channel)
{
	struct channel key = conduit->channels[channel];
	const char *protocol = key.protocol;
	for (size_t i = 0; i < CARRIERS; i++) {
		if (strcmp(carriers[i].carrier, protocol) != 0)
			continue;
		key.protocol = carriers[i].carried;
		if (bsearch(&key, conduit->channels, conduit->channel_count, sizeof(key), channel_compare) != NULL)
			return true;
	}
	return false;
}

/* The place of the protocol in the rule, or -1. A rule without protocols has one place for all. */
static int rule_protocol(const struct conduit_rule *rule, const char *protocol)
{
	if (rule->protocol_count == 0)
		return 0;
	for (size_t i = 0; i < rule->protocol_count; i++)
		if (strcmp(rule->protocols[i], protocol) == 0)
			return (int)i;
	for (size_t i = 0; i < rule->protocol_count; i++)
		if (carries(protocol, rule->protocols[i]))
			return (int)i;
	return -1;
}

static bool direction_fits(const struct court *court, const struct conduit_rule *rule, const struct channel *c)
{
	const struct conduit *conduit = court->conduit;
	if (rule->initiator == DIRECTION_BOTH || conduit->zones[0] == conduit->zones[1])
		return true;
	bool from_first = court->w->out->assets[c->initiator].zone == conduit->zones[0];
	bool from_from = from_first == court->from_is_first;
	return from_from == (rule->initiator == DIRECTION_FROM_TO);
}

static void rule_hear(
	struct court *court, size_t r, const struct channel *c, const char *protocol, struct ruling *ruling)
{
	const struct conduit_rule *rule = &court->declared->allow[r];
	int place = rule_protocol(rule, protocol);
	bool direction = direction_fits(court, rule, c), port = rule->port == 0 || rule->port == c->port;
	enum nearness near = place < 0 ? NEAR_NOT : !direction ? NEAR_PROTOCOL : !port ? NEAR_PORT : NEAR_DIRECTION;
	if (near > ruling->near) {
		ruling->near = near;
		ruling->nearest = rule;
	}
	if (near != NEAR_DIRECTION)
		return;
	unsigned operations = rule->operations != 0 ? rule->operations : ALL_OPERATIONS;
	if (c->operations != 0 && (operations & c->operations) == 0)
		return;
	court->used[r][place] = true;
	if (rule->expires_ns != 0 && c->seen.last.time_ns > rule->expires_ns) {
		ruling->expired |= operations;
		ruling->spoke_expired = true;
		if (ruling->by_expired == NULL)
			ruling->by_expired = rule;
	} else {
		ruling->allowed |= operations;
		ruling->spoke = true;
		if (ruling->by == NULL)
			ruling->by = rule;
	}
}

static int service_compare(const void *left, const void *right)
{
	const struct service *a = left, *b = right;
	int order = strcmp(a->transport, b->transport);
	if (order != 0)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return strcmp(a->protocol, b->protocol);
}

static void services_make(struct court *court)
{
	const struct conduit *conduit = court->conduit;
	uint32_t n = 0;
	court->services = work_scratch(court->w, conduit->channel_count, sizeof(*court->services));
	for (uint32_t i = 0; i < conduit->channel_count && !court->w->failed; i++) {
		const struct channel *c = &conduit->channels[i];
		if (*c->protocol != 0 && c->port != 0)
			court->services[n++] = (struct service){c->transport, c->protocol, c->port};
	}
	if (court->w->failed || n == 0)
		return;
	qsort(court->services, n, sizeof(*court->services), service_compare);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || service_compare(&court->services[i], &court->services[court->service_count - 1]) != 0)
			court->services[court->service_count++] = court->services[i];
}

/*
 * A connection that nobody answered says nothing of its protocol: a supervisor calls a controller that is switched off.
 * It is taken for what is spoken on that port in this conduit.
 */
static void attempt_hear(struct court *court, size_t r, const struct channel *c, struct ruling *ruling)
{
	struct service key = {c->transport, "", c->port};
	uint32_t low = 0, high = court->service_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (service_compare(&court->services[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < court->service_count && court->services[low].port == c->port &&
		strcmp(court->services[low].transport, c->transport) == 0 && !ruling->spoke;
		low++) {
		rule_hear(court, r, c, court->services[low].protocol, ruling);
		if (ruling->spoke)
			ruling->guess = court->services[low].protocol;
	}
}

static const char *zone_id(const struct court *court, unsigned side)
{
	return court->w->out->zones[court->conduit->zones[side]].id;
}

/* Which zone or conduit nobody accepted; false: all are. */
static bool is_undecided(const struct court *court, char because[BECAUSE_BYTES])
{
	const struct zone *zones = court->w->out->zones;
	for (unsigned side = 0; side < 2; side++) {
		if (zones[court->conduit->zones[side]].status == DECLARED_ACCEPTED)
			continue;
		snprintf(because, BECAUSE_BYTES, "zone %.100s is only proposed: nobody accepted it",
			zone_id(court, side));
		return true;
	}
	if (court->declared == NULL || court->declared->status != DECLARED_PROPOSED)
		return false;
	snprintf(because, BECAUSE_BYTES, "conduit %.100s is only proposed: nobody accepted it", court->declared->id);
	return true;
}

/* No conduit that could allow it. */
static void no_conduit_tell(const struct court *court, char because[BECAUSE_BYTES])
{
	if (court->declared == NULL)
		snprintf(because, BECAUSE_BYTES, "no conduit is declared between the accepted zones %.100s and %.100s",
			zone_id(court, 0), zone_id(court, 1));
	else
		snprintf(because, BECAUSE_BYTES, "conduit %.100s is %s, and no other is declared between its zones",
			court->declared->id, declared_status_name(court->declared->status));
}

static void denial_tell(
	const struct court *court, const struct channel *c, const struct ruling *ruling, char because[BECAUSE_BYTES])
{
	char name[120], have[OPERATIONS_BYTES], lack[OPERATIONS_BYTES];
	const struct conduit_rule *rule = ruling->nearest;
	const char *protocol = *c->protocol != 0 ? c->protocol : "an unknown protocol";
	if (rule != NULL)
		rule_name(court, rule, name);
	if (ruling->near == NEAR_DIRECTION) {
		unsigned allowed = ruling->spoke ? ruling->allowed : rule->operations;
		snprintf(because, BECAUSE_BYTES, "rule %s allows only %s, not %s", name, operations_list(have, allowed),
			operations_list(lack, c->operations & ~allowed));
	} else if (ruling->near == NEAR_PORT) {
		snprintf(because, BECAUSE_BYTES, "rule %s is for port %u, not %u", name, (unsigned)rule->port,
			(unsigned)c->port);
	} else if (ruling->near == NEAR_PROTOCOL) {
		bool from = rule->initiator == DIRECTION_FROM_TO;
		snprintf(because, BECAUSE_BYTES, "rule %s lets only zone %.100s open %s", name,
			from ? court->declared->from : court->declared->to, protocol);
	} else {
		snprintf(because, BECAUSE_BYTES, "no rule of conduit %.100s allows %.60s", court->declared->id,
			protocol);
	}
}

static void allowance_tell(const struct court *court, const struct conduit_rule *rule, char because[BECAUSE_BYTES])
{
	char name[120], brief[120]; /* people may write a page; here it is cut at a character */
	int len = snprintf(because, BECAUSE_BYTES, "rule %s", rule_name(court, rule, name));
	if (rule->approver != NULL) {
		text_from_wire(brief, sizeof(brief), rule->approver, strlen(rule->approver));
		len += snprintf(because + len, BECAUSE_BYTES - (size_t)len, ", approved by %s", brief);
	}
	if (rule->reason != NULL) {
		text_from_wire(brief, sizeof(brief), rule->reason, strlen(rule->reason));
		snprintf(because + len, BECAUSE_BYTES - (size_t)len, ": %s", brief);
	}
}

/* What the rules, heard together, say of the channel. */
static enum verdict_of_channel ruling_apply(
	const struct court *court, struct channel *c, const struct ruling *r, char because[BECAUSE_BYTES])
{
	char name[120], day[TIME_TEXT_MAX];
	if (r->spoke && (c->operations & ~r->allowed) == 0) {
		c->rule = r->by;
		if (r->guess != NULL)
			snprintf(because, BECAUSE_BYTES, "rule %s: nobody answered, and %.60s is spoken on this port",
				rule_name(court, r->by, name), r->guess);
		else
			allowance_tell(court, r->by, because);
		return CHANNEL_ALLOWED;
	}
	if (r->spoke_expired && (c->operations & ~(r->allowed | r->expired)) == 0) {
		c->rule = r->by_expired;
		time_text(day, c->seen.last.time_ns);
		snprintf(because, BECAUSE_BYTES, "rule %s ended on %.20s; it was last used on %.10s",
			rule_name(court, r->by_expired, name), r->by_expired->expires, day);
		return CHANNEL_EXPIRED;
	}
	denial_tell(court, c, r, because);
	return CHANNEL_DENIED;
}

static void channel_judge(struct court *court, struct channel *c)
{
	char because[BECAUSE_BYTES] = "";
	struct ruling ruling = {0};
	bool accepted = court->declared != NULL && court->declared->status == DECLARED_ACCEPTED;
	bool attempt = *c->protocol == 0 && !c->answered && c->port != 0;
	for (size_t r = 0; accepted && r < court->declared->allow_count; r++) {
		rule_hear(court, r, c, c->protocol, &ruling);
		if (attempt && !ruling.spoke)
			attempt_hear(court, r, c, &ruling);
	}
	c->rule = NULL;
	if (is_undecided(court, because)) {
		c->verdict = CHANNEL_UNREVIEWED;
	} else if (!accepted) {
		c->verdict = CHANNEL_DENIED;
		no_conduit_tell(court, because);
	} else {
		c->verdict = ruling_apply(court, c, &ruling, because);
	}
	c->because = work_text(court->w, because);
}

/* A protocol of a rule that nobody used. */
static void unused_fill(const struct court *court, struct channel *c, size_t r, size_t place)
{
	const struct conduit_rule *rule = &court->declared->allow[r];
	char because[BECAUSE_BYTES], name[120];
	rule_name(court, rule, name);
	int64_t now = 0; /* of the captures, never of the clock */
	for (uint32_t i = 0; rule->expires_ns != 0 && i < court->w->inventory->capture_count; i++)
		if (court->w->inventory->captures[i].last_ns > now)
			now = court->w->inventory->captures[i].last_ns;
	if (rule->expires_ns != 0 && now > rule->expires_ns)
		snprintf(because, sizeof(because), "rule %s ended on %.20s and was not used: it can go", name,
			rule->expires);
	else
		snprintf(because, sizeof(because),
			"rule %s was not used in these captures; that is no proof it never is", name);
	*c = (struct channel){.initiator = ASSET_NONE,
		.responder = ASSET_NONE,
		.protocol = rule->protocol_count > 0 ? rule->protocols[place] : "",
		.transport = "",
		.port = rule->port,
		.operations = rule->operations,
		.verdict = CHANNEL_NOT_OBSERVED,
		.rule = rule,
		.because = work_text(court->w, because)};
}

static size_t places_of(const struct conduit_rule *rule)
{
	return rule->protocol_count > 0 ? rule->protocol_count : 1;
}

static void unused_add(struct court *court)
{
	struct conduit *conduit = court->conduit;
	uint32_t unused = 0, n = conduit->channel_count;
	for (size_t r = 0; r < court->declared->allow_count; r++)
		for (size_t p = 0; p < places_of(&court->declared->allow[r]); p++)
			unused += !court->used[r][p];
	struct channel *more = work_keep(court->w, n + (size_t)unused, sizeof(*more));
	if (more == NULL || unused == 0)
		return;
	if (n > 0)
		memcpy(more, conduit->channels, n * sizeof(*more));
	for (size_t r = 0; r < court->declared->allow_count; r++)
		for (size_t p = 0; p < places_of(&court->declared->allow[r]); p++)
			if (!court->used[r][p])
				unused_fill(court, &more[n++], r, p);
	conduit->channels = more;
	conduit->channel_count = n;
}

static void verdict_settle(struct conduit *conduit)
{
	static const enum verdict_of_channel worst_first[] = {
		CHANNEL_DENIED, CHANNEL_EXPIRED, CHANNEL_UNREVIEWED, CHANNEL_ALLOWED, CHANNEL_NOT_OBSERVED};
	memset(conduit->counts, 0, sizeof(conduit->counts));
	for (uint32_t i = 0; i < conduit->channel_count; i++)
		conduit->counts[conduit->channels[i].verdict]++;
	conduit->verdict = CHANNEL_NOT_OBSERVED;
	for (size_t i = CHANNEL_VERDICTS; i-- > 0;)
		if (conduit->counts[worst_first[i]] > 0)
			conduit->verdict = worst_first[i];
}

bool channels_judge(struct work *w, struct conduit *conduit)
{
	const struct declared_conduit *d = conduit->declared;
	struct court court = {.w = w, .conduit = conduit, .declared = d};
	bool accepted = d != NULL && d->status == DECLARED_ACCEPTED;
	if (d != NULL)
		court.from_is_first = strcmp(w->out->zones[conduit->zones[0]].id, d->from) == 0;
	if (accepted) {
		court.used = work_scratch(w, d->allow_count, sizeof(*court.used));
		for (size_t r = 0; r < d->allow_count && !w->failed; r++)
			court.used[r] = work_scratch(w, places_of(&d->allow[r]), sizeof(**court.used));
	}
	if (accepted)
		services_make(&court);
	for (uint32_t i = 0; i < conduit->channel_count && !w->failed; i++)
		channel_judge(&court, &conduit->channels[i]);
	if (accepted && !w->failed)
		unused_add(&court);
	verdict_settle(conduit);
	return !w->failed;
}
