/** Items to addresses: trimmed, checked, each address once. Pure. */
import { fault, isFault, type Fault } from '../zoho/errors';

export interface Moved {
	status: 'moved' | 'alreadyInDoNotMail';
	code: string;
	message: string;
}

/** An address to send, as its first item wrote it. One without an outcome was not attempted. */
export interface Address {
	readonly email: string;
	outcome?: Moved | Fault;
}

/** What one item named: an address, or something that can be none. */
export interface Named {
	item: number;
	email: string;
	/** Shared by all items that name the same address. */
	address: Address;
}

export interface Addresses {
	/** Each address once, in input order. */
	toSend: Address[];
	/** One for each item, in input order. */
	named: Named[];
	/** How often an address was named again, and not sent again. */
	duplicates: number;
}

/**
 * Sorts out what the items name. Addresses are the same when they differ in case only.
 *
 * @param count the number of items
 * @param read the value of "Email" for an item, or a Fault where there is none to be had
 */
export function collectAddresses(
	count: number,
	read: (item: number) => { value: unknown } | Fault,
): Addresses {
	const known = new Map<string, Address>();
	const toSend: Address[] = [];
	const named: Named[] = [];
	let duplicates = 0;
	for (let item = 0; item < count; item++) {
		const given = read(item);
		const email = !isFault(given) && typeof given.value === 'string' ? given.value.trim() : '';
		const key = email.toLowerCase();
		let address = known.get(key);
		if (address) {
			duplicates++;
		} else {
			const problem = isFault(given) ? given : problemOf(email, given.value);
			address = problem ? { email, outcome: problem } : { email };
			if (!problem) {
				known.set(key, address);
				toSend.push(address);
			}
		}
		named.push({ item, email, address });
	}
	return { toSend, named, duplicates };
}

/** RFC 5321, 4.5.3.1.3: a path has 256 octets, the angle brackets included. */
const LONGEST = 254;

/** A quoted word of a local part. It may hold what must not stand outside quotes, an @ too. */
const QUOTED = /"(?:[^"\\]|\\.)*"(?=[.@])/g;

/** An address literal, such as `[192.0.2.1]`. */
const LITERAL = /^\[[^[\]\\]*\]$/;

/**
 * Why something can be no address at all; undefined for what Zoho is to decide on. Odd is not wrong:
 * plus tags, apostrophes, quotes, comments, Unicode and unusual domains go to Zoho.
 */
function problemOf(email: string, value: unknown): Fault | undefined {
	const says = (message: string) => fault('invalidEmail', { message });
	if (email === '') {
		return says(
			typeof value === 'string' || value === undefined || value === null
				? 'The address is empty.'
				: `The address must be text, and is of the type ${Array.isArray(value) ? 'array' : typeof value}.`,
		);
	}
	if ([...email].length > LONGEST) return says(`The address is longer than ${LONGEST} characters.`);
	if (/[\p{Cc}\p{Cs}]/u.test(email)) return says('The address holds a control character.');
	const [local = '', domain = '', ...more] = email.replace(QUOTED, 'q').split('@');
	if (!email.includes('@')) return says(`"${email}" has no @.`);
	if (more.length > 0) return says(`"${email}" has more than one @.`);
	if (local === '' || domain === '') return says(`"${email}" has nothing on one side of its @.`);
	if (/\s/.test(email)) return says(`"${email}" holds white space.`);
	if (/[{},]/.test(email)) return says(`"${email}" holds a brace or a comma.`);
	// RFC 5322, 3.2.3: its "specials". Parentheses hold a comment, which may stand on either side.
	if (/[<>[\]:;\\"]/.test(local)) return says(`"${email}" holds a character that needs quotes.`);
	if (!LITERAL.test(domain) && /[!-'*+,/:-@[-^`{-~]/.test(domain)) {
		return says(`"${email}" holds a character that no domain has.`);
	}
	return undefined;
}
