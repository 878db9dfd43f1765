/** Items to addresses: as a person sees them, checked, each address once. Pure. */
import { oddCharacterIn, spaceIn, trimUnseen, type OddCharacter } from '../zoho/characters';
import { failure, isFailure, type Failure } from '../zoho/failures';
import { parseJson } from '../zoho/json';
import type { Origin } from './campaigns/reply';

/** An address to send, as its first item wrote it, with its domain in Unicode's NFC. */
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
	/** Where it was found, where it is from a campaign. */
	origin?: Origin;
	/** What could not be read, where this is no address. */
	unread?: Partial<Pick<Origin, 'campaign' | 'campaignKey'>>;
}

/**
 * Takes the items one by one. Addresses are the same when they differ in case only, compared in NFC: "é"
 * is the same as one character and as an "e" with an accent of its own.
 */
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

	/**
	 * @param given the value of "Email", or a failure where there is none to be had
	 * @param because why the item is not to be sent, whatever it names
	 * @param origin where it was found, where it is from a campaign
	 */
	add(item: number, given: { value: unknown } | Failure, because?: Failure, origin?: Origin): void {
		const { email, ...read } = isFailure(given)
			? { email: '', problem: given }
			: readAddress(given.value);
		const problem = because ?? read.problem;
		const about = { item, email, ...(origin && { origin }) };
		if (problem) {
			this.hasBadInput = true;
			this.named.push({ ...about, address: { email }, failure: problem });
			return;
		}
		const key = keyOf(email);
		const known = this.known.get(key);
		if (known) this.duplicates++;
		const address = known ?? { email };
		this.named.push({ ...about, address });
		if (known) return;
		this.known.set(key, address);
		this.found(address);
	}

	/** What could not be read is one result of its item. */
	addUnread(item: number, failure: Failure, unread: NamedAddress['unread'] & object): void {
		this.hasBadInput = true;
		this.named.push({ item, email: '', address: { email: '' }, failure, unread });
	}
}

/** The same for addresses that are the same. */
export const keyOf = (email: string) => email.normalize('NFC').toLowerCase();

/** The address that a value holds, and why it can be none. */
function readAddress(value: unknown): { email: string; problem?: Failure | undefined } {
	const text = typeof value === 'string' ? trimUnseen(value) : '';
	if (Array.isArray(value)) return { email: '', problem: invalid(LIST, SPLIT_OUT) };
	if (text === '') return { email: '', problem: invalid(emptyMessage(value)) };
	if (isList(text)) return { email: shortened(text), problem: invalid(LIST, SPLIT_OUT) };
	if ([...text].length > LONGEST) {
		return { email: text, problem: invalid(`The address is longer than ${LONGEST} characters.`) };
	}
	const odd = oddCharacterIn(text, (character, index) => isJoiner(character, index, text));
	if (odd) return { email: text, problem: oddAddress(odd) };
	const email = withDomainInNfc(text);
	return { email, problem: problemOf(email) };
}

/** A letter, with its marks, of a script whose letters are joined. */
const JOINED = /(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{L}\p{M}*$/u;

/**
 * U+200C and U+200D join or part letters, and domains of scripts that need that may hold them (RFC 5892,
 * appendix A): behind such a letter. Elsewhere they are not seen, and make another domain.
 */
function isJoiner(character: string, index: number, text: string): boolean {
	const at = text.lastIndexOf('@');
	const isInDomain = at >= 0 && index > at;
	return /[\u200C\u200D]/.test(character) && isInDomain && JOINED.test(text.slice(at, index));
}

/** A domain is the same in each way of writing it; what a local part stands for, its host decides. */
function withDomainInNfc(email: string): string {
	const at = email.lastIndexOf('@');
	return email.slice(0, at + 1) + email.slice(at + 1).normalize('NFC');
}

const invalid = (message: string, resolution?: string) =>
	failure('invalidEmail', { message, ...(resolution ? { resolution } : {}) });

const LIST = 'The item holds a list of addresses, and the field takes one.';

const SPLIT_OUT =
	'Put a Split Out node before this one, which makes an item of each address. It takes an array: where the list is one text, use an expression such as {{ $json.email.split(",") }} in an Edit Fields node before that.';

/** A list in one text: addresses apart by commas, semicolons, white space or line breaks, or as JSON. */
function isList(text: string): boolean {
	if (/^\[\s*"/.test(text) && Array.isArray(parseJson(text))) return true;
	// Inside quotes, all of this may stand in one address.
	if (text.includes('"')) return false;
	const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
	return parts.length > 1 && parts.every((part) => /^[^@]+@[^@]+$/.test(part));
}

/** So much of a list as a person reads in a message. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

function emptyMessage(value: unknown): string {
	const isEmpty = typeof value === 'string' || value === undefined || value === null;
	if (isEmpty) return 'The address is empty.';
	return `The address must be text, and is of the type ${typeof value}.`;
}

/** What is not seen in an address would make another entry in the registry than the one that is meant. */
function oddAddress({ kind, place }: OddCharacter): Failure {
	switch (kind) {
		case 'override':
			return invalid(
				`The address holds a character that shows text turned around (${place}), so it is another one than you see.`,
				'Type the address anew in the data. Find out where it comes from first: such a character seldom stands in one by chance.',
			);
		case 'broken':
			return invalid(
				`The address holds a character that was lost when it was read (${place}).`,
				'The file or the reply that it comes from was read in another encoding than it was written in. Read it in the right one, such as Windows-1252 or UTF-16, and run these items again.',
			);
		case 'control':
			return invalid(`The address holds a control character (${place}).`);
		case 'invisible':
			return invalid(
				`The address holds an invisible character (${place}).`,
				'Delete the address in the data and type it anew: such a character comes along when text is copied.',
			);
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
function problemOf(email: string): Failure | undefined {
	const [local, domain, ...more] = email.replace(QUOTED, 'q').split('@');
	if (!email.includes('@')) return invalid(`"${email}" has no @.`);
	if (more.length > 0) return invalid(`"${email}" has more than one @.`);
	if (!local || !domain) return invalid(`"${email}" has nothing on one side of its @.`);
	const space = spaceIn(email);
	if (space) return invalid(`"${email}" holds white space (${space}).`);
	if (/[{},]/.test(email)) return invalid(`"${email}" holds a brace or a comma.`);
	// RFC 5322, 3.2.3: its "specials". Parentheses hold a comment, which may stand on either side.
	if (/[<>[\]:;\\"]/.test(local)) return invalid(`"${email}" holds a character that needs quotes.`);
	if (!LITERAL.test(domain) && /[!-'*+,/:-@[-^`{-~]/.test(domain)) {
		return invalid(`"${email}" holds a character that no domain has.`);
	}
	return undefined;
}
