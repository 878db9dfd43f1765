/** Items to addresses: trimmed, checked, each address once. Pure. */
import { failure, isFailure, type Failure } from '../zoho/failures';

/** An address to send, as its first item wrote it. */
export interface Address {
	readonly email: string;
}

/** What one item named: an address, or something that can be none, and why. */
export interface NamedAddress {
	item: number;
	email: string;
	/** Shared by all items that name the same address. */
	address: Address;
	failure?: Failure;
}

/** Takes the items one by one. Addresses are the same when they differ in case only. */
export class AddressList {
	/** One for each item, in input order. */
	readonly named: NamedAddress[] = [];
	/** How often an address was named again, which is not sent again. */
	duplicates = 0;
	/** Whether an item named something that can be no address. */
	hasBadInput = false;
	private readonly known = new Map<string, Address>();

	/** @param found told of each address that is to be sent, once */
	constructor(private readonly found: (address: Address) => void) {}

	/** @param given the value of "Email", or a failure where there is none to be had */
	add(item: number, given: { value: unknown } | Failure): void {
		const email = !isFailure(given) && typeof given.value === 'string' ? given.value.trim() : '';
		const key = email.toLowerCase();
		const known = this.known.get(key);
		if (known) {
			this.duplicates++;
			this.named.push({ item, email, address: known });
			return;
		}
		const failure = isFailure(given) ? given : problemOf(email, given.value);
		const address = { email };
		if (failure) {
			this.hasBadInput = true;
			this.named.push({ item, email, address, failure });
			return;
		}
		this.known.set(key, address);
		this.named.push({ item, email, address });
		this.found(address);
	}
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
function problemOf(email: string, value: unknown): Failure | undefined {
	const says = (message: string) => failure('invalidEmail', { message });
	if (email === '') {
		return says(
			typeof value === 'string' || value === undefined || value === null
				? 'The address is empty.'
				: `The address must be text, and is of the type ${Array.isArray(value) ? 'array' : typeof value}.`,
		);
	}
	if ([...email].length > LONGEST) return says(`The address is longer than ${LONGEST} characters.`);
	if (/[\p{Cc}\p{Cs}]/u.test(email)) return says('The address holds a control character.');
	const [local, domain, ...more] = email.replace(QUOTED, 'q').split('@');
	if (!email.includes('@')) return says(`"${email}" has no @.`);
	if (more.length > 0) return says(`"${email}" has more than one @.`);
	if (!local || !domain) return says(`"${email}" has nothing on one side of its @.`);
	if (/\s/.test(email)) return says(`"${email}" holds white space.`);
	if (/[{},]/.test(email)) return says(`"${email}" holds a brace or a comma.`);
	// RFC 5322, 3.2.3: its "specials". Parentheses hold a comment, which may stand on either side.
	if (/[<>[\]:;\\"]/.test(local)) return says(`"${email}" holds a character that needs quotes.`);
	if (!LITERAL.test(domain) && /[!-'*+,/:-@[-^`{-~]/.test(domain)) {
		return says(`"${email}" holds a character that no domain has.`);
	}
	return undefined;
}
