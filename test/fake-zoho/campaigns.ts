import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Accounts } from './oauth';
import { escapeMarkup, html, json, type Reply } from './reply';
import { kindOf, parseObject, type ReceivedRequest } from './requests';
import { Throttle } from './throttle';

/**
 * Code -> message. 0, 2004 and 2104 are on the do-not-mail page; 901, 2007 and 2008 are worded as on
 * the error page of Zoho's Marketing Automation, which shares these codes.
 */
const MESSAGES = {
	'0': 'User already in Do-Not-Mail.',
	'901': 'URL provided is invalid.',
	'903': 'Mandatory fields are missing',
	'1007': 'Unauthorized request.',
	'2004': 'Invalid email address pattern.',
	'2007': 'Parameter value is invalid',
	'2008': 'Calls limit exceeded.',
	'2104': 'Error in Do-not-mail. Please retry after sometime.',
} as const;
export type CampaignsCode = keyof typeof MESSAGES;

const MOVED = 'User successfully moved to Do-Not-Mail.';

/** The do-not-mail page's scope and its three alternatives, in lower case. */
const SCOPES = ['update', 'create-update', 'write', 'all'].map(
	(operation) => `zohocampaigns.contact.${operation}`,
);

export interface RegistryEntry {
	/** As it was first received. */
	address: string;
	/** How often it was moved here: 0 where a test had put it in, else 1. */
	moved: number;
}

/** A field of a contactinfo, as it was read. */
type ContactField = readonly [name: string, value: string];

const xml = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: '',
	parseTagValue: false,
	trimValues: false,
	alwaysCreateTextNode: true,
	isArray: (name) => name === 'fl',
});

/**
 * Zoho Campaigns: contactdonotmail, in JSON and in XML, with its limit and its lock.
 *
 * Checked in this order: token and scope (one answer for all trouble), the limit, the method, the
 * format, the contactinfo, the address. Open in the sources and decided here: a call without a good
 * token does not count towards the limit, every other call does; `resfmt` may be left out but may
 * not contradict the path; a contactinfo that cannot be read is one that is missing; addresses are
 * one when they differ only in case; a refused method is answered with HTTP 405, a refused format
 * with code 2007; the throttle answers in JSON for both formats.
 */
export class Campaigns {
	/** Address in lower case -> what is known of it. */
	readonly registry = new Map<string, RegistryEntry>();
	/** Every address that a call named, in the order of arrival, as it was read. */
	readonly received: string[] = [];
	/** Fields that came beside the first `Contact Email`: an address must not add any. */
	readonly injected: ContactField[] = [];

	/**
	 * The answer while locked. `throttle400`, `throttle200`: the throttle filter's JSON with that
	 * status. `429`: the bare status. `2008`: that code, in the error's usual shape.
	 */
	lockStyle: 'throttle400' | 'throttle200' | '429' | '2008' = 'throttle400';
	/** True: `Retry-After` in whole seconds, rounded up. `date`: the same as an HTTP date. */
	retryAfter: boolean | 'date' = false;
	/** True: everything in JSON stands under `response`, as some of Zoho's endpoints have it. */
	nested = false;
	/** HTTP status of the errors other than 1007, which is always a 401. */
	errorStatus: 200 | 400 = 200;
	/** Whether "User already in Do-Not-Mail." looks like a success (`code`) or an error (`Code`). */
	alreadyAs: 'success' | 'error' = 'success';

	private readonly throttle: Throttle;
	private readonly answers = new Map<string, { code: CampaignsCode; left: number }>();

	constructor(
		private readonly now: () => number,
		private readonly accounts: Accounts,
	) {
		this.throttle = new Throttle(now);
	}

	/** The limit, the lock and their kind; every part may be set at any time. */
	get limit() {
		return this.throttle.limit;
	}
	set limit(limit) {
		this.throttle.limit = limit;
	}

	/** How many times the lock fell. */
	get locks(): number {
		return this.throttle.locks;
	}

	/** Calls that the limit or the lock refused. */
	get refusedCalls(): number {
		return this.throttle.refusedCalls;
	}

	/** Puts addresses into the registry beforehand. */
	add(...addresses: string[]): void {
		for (const address of addresses) {
			this.registry.set(address.toLowerCase(), { address, moved: 0 });
		}
	}

	/** Whether an address is in the registry, compared without case. */
	has(address: string): boolean {
		return this.registry.has(address.toLowerCase());
	}

	/** Answers the next `times` calls for an address with a code, and leaves the registry alone. */
	answer(address: string, code: CampaignsCode, times = Infinity): void {
		this.answers.set(address.toLowerCase(), { code, left: times });
	}

	handle(request: ReceivedRequest): Reply {
		const { method, path, query, headers } = request;
		const grant = this.accounts.check(headers.authorization);
		if (grant.state !== 'granted' || !SCOPES.some((scope) => grant.scopes.has(scope))) {
			return this.refuse(path, '1007');
		}
		if (kindOf(path) !== 'doNotMail') return html(404, '<h1>Not Found</h1>');
		const lockedForMs = this.throttle.arrive();
		if (lockedForMs > 0) return this.refuseLocked(path, lockedForMs);
		if (method !== 'POST') return { ...this.refuse(path, '901'), status: 405 };

		const parameters = new URLSearchParams(query);
		const format = isXml(path) ? 'XML' : 'JSON';
		if ((parameters.get('resfmt') ?? format).toUpperCase() !== format) {
			return this.refuse(path, '2007');
		}
		const fields = isXml(path)
			? readXml(parameters.get('contactinfo') ?? bareXml(query))
			: readJson(parameters.get('contactinfo') ?? '');
		const email = fields.find(([name]) => name === 'Contact Email');
		this.injected.push(...fields.filter((field) => field !== email));
		if (email === undefined) return this.refuse(path, '903');
		const [, address] = email;
		this.received.push(address);
		return this.move(path, address);
	}

	private move(path: string, address: string): Reply {
		const told = this.answers.get(address.toLowerCase());
		if (told !== undefined && told.left > 0) {
			told.left--;
			return told.code === '0' ? this.alreadyIn(path) : this.refuse(path, told.code);
		}
		if (!isAddress(address)) return this.refuse(path, '2004');
		if (this.has(address)) return this.alreadyIn(path);
		this.registry.set(address.toLowerCase(), { address, moved: 1 });
		return this.succeed(path, MOVED);
	}

	private alreadyIn(path: string): Reply {
		return this.alreadyAs === 'success'
			? this.succeed(path, MESSAGES['0'])
			: this.refuse(path, '0');
	}

	private succeed(path: string, message: string): Reply {
		if (isXml(path)) return xmlReply(200, path, '0', message);
		return this.jsonReply(200, {
			code: '0',
			message,
			version: '1.1',
			uri: path,
			status: 'success',
		});
	}

	private refuse(path: string, code: CampaignsCode): Reply {
		const status = code === '1007' ? 401 : this.errorStatus;
		const message = MESSAGES[code];
		if (isXml(path)) return xmlReply(status, path, code, message);
		return this.jsonReply(status, {
			message,
			version: '1.1',
			URI: path,
			Code: code,
			status: 'error',
		});
	}

	private jsonReply(status: number, body: object): Reply {
		return json(status, this.nested ? { response: body } : body);
	}

	private refuseLocked(path: string, lockedForMs: number): Reply {
		const reply = this.lockReply(path, lockedForMs);
		if (this.retryAfter === false) return reply;
		const seconds = Math.ceil(lockedForMs / 1000);
		const until = new Date(Math.ceil((this.now() + lockedForMs) / 1000) * 1000);
		return {
			...reply,
			headers: {
				...reply.headers,
				'retry-after': this.retryAfter === 'date' ? until.toUTCString() : String(seconds),
			},
		};
	}

	private lockReply(path: string, lockedForMs: number): Reply {
		if (this.lockStyle === '2008') return this.refuse(path, '2008');
		if (this.lockStyle === '429') {
			return { status: 429, headers: { 'content-type': 'text/plain' }, body: 'Too Many Requests' };
		}
		const { calls, windowMs, lockMs } = this.limit;
		const within = inMinutes(windowMs) ?? 'the permitted time';
		// Zoho speaks of whole minutes only; a lock that tests made shorter has no such words.
		const rest = inMinutes(lockMs) === undefined ? 'sometime' : minutes(lockedForMs / 60_000);
		return json(this.lockStyle === 'throttle400' ? 400 : 200, {
			error: {
				status_code: 400,
				title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
				details: {
					message: `Cannot execute more than ${calls} requests per API in ${within}. Try again after ${rest}.`,
				},
			},
		});
	}
}

function isXml(path: string): boolean {
	return path.startsWith('/api/v1.1/xml/');
}

/** `5 minutes` for 300000 ms; undefined for what is no whole number of minutes. */
function inMinutes(ms: number): string | undefined {
	return ms % 60_000 === 0 ? minutes(ms / 60_000) : undefined;
}

function minutes(count: number): string {
	const whole = Math.ceil(count);
	return `${whole} minute${whole === 1 ? '' : 's'}`;
}

/** The page's samples of a success, with the head that they have. */
function xmlReply(status: number, path: string, code: string, message: string): Reply {
	return {
		status,
		headers: { 'content-type': 'text/xml;charset=UTF-8' },
		body: `<?xml version="1.1" encoding="UTF-8" standalone="no"?>
<response uri="${escapeMarkup(path)}" version="1.1">
	<code>${code}</code>
	<message>${escapeMarkup(message)}</message>
</response>
`,
	};
}

/** JSON as client libraries send it, or `{Contact Email:x@y.z}` as the page has it. */
function readJson(contactinfo: string): ContactField[] {
	const object = parseObject(contactinfo);
	if (object !== undefined) {
		return Object.entries(object).map(([name, value]) => [name, String(value)]);
	}
	const inside = /^\s*\{(.*)\}\s*$/s.exec(contactinfo)?.[1];
	if (inside === undefined) return [];
	// Unquoted, a separator inside an address parts it: that is how an address adds a field.
	return inside.split(/[,;]/).map((pair) => {
		const [name = '', ...value] = pair.split(':');
		return [unquoted(name), unquoted(value.join(':'))];
	});
}

function unquoted(text: string): string {
	return text.trim().replace(/^"(.*)"$/s, '$1');
}

/** `<xml><fl val="Contact Email">x@y.z</fl></xml>`, to be read with its entities. */
function readXml(contactinfo: string): ContactField[] {
	if (XMLValidator.validate(contactinfo) !== true) return [];
	const document: { xml?: { fl?: Array<{ val?: string; '#text'?: string }> } } =
		xml.parse(contactinfo);
	return (document.xml?.fl ?? []).map((field) => [field.val ?? '', field['#text'] ?? '']);
}

/** The page's XML sample leaves the parameter's name away: `resfmt=XML&<xml>…</xml>`. */
function bareXml(query: string): string {
	const decoded = query.split('&').map((part) => new URLSearchParams(`part=${part}`).get('part'));
	return decoded.find((part) => part?.startsWith('<xml>')) ?? '';
}

/** Takes odd but valid addresses (tags, quotes, other alphabets), refuses what can be none. */
function isAddress(text: string): boolean {
	const at = text.lastIndexOf('@');
	const local = text.slice(0, at);
	const domain = text.slice(at + 1);
	return at > 0 && /^[^\s@]+$/.test(domain) && (/^[^\s@]+$/.test(local) || /^".*"$/.test(local));
}
