/** Characters that a person does not see, or that show another text than the one that is there. Pure. */

/**
 * White space and what shows nothing: format characters, whatever Unicode lets a display ignore (its
 * property Default_Ignorable_Code_Point), and the blank Braille cell.
 */
const UNSEEN = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Right-to-left and left-to-right override: what follows is shown turned around. */
const OVERRIDE = /[\u202D\u202E]/;

/** What is left of a character that could not be read, or was read in the wrong encoding. */
const BROKEN = /[\uFFFC\uFFFD\p{Cs}\p{Noncharacter_Code_Point}]/u;

const isAtEdge = (character: string) => UNSEEN.test(character) && !OVERRIDE.test(character);

/**
 * A text without what is not seen at its ends. Overrides stay: they change what is seen.
 *
 * It goes character by character, since a regular expression would take a time that grows with the
 * square of a long row of them.
 */
export function trimUnseen(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end) {
		const first = String.fromCodePoint(text.codePointAt(start)!);
		if (!isAtEdge(first)) break;
		start += first.length;
	}
	while (start < end) {
		const last = [...text.slice(Math.max(start, end - 2), end)].at(-1)!;
		if (!isAtEdge(last)) break;
		end -= last.length;
	}
	return text.slice(start, end);
}

/** White space that is seen as such: JavaScript's `\s` without the byte order mark. */
const SPACE = /[^\S\uFEFF]/;

/** A character of a text that cannot be taken for what a person sees there. */
export interface OddCharacter {
	kind: 'override' | 'broken' | 'control' | 'invisible';
	/** Which one, and where, counted in characters from 1: `U+200B, character 4`. */
	place: string;
}

/**
 * The first character that a person does not see, or sees as another text. White space is seen.
 *
 * @param isAllowed excuses a character, given where it begins in the text
 */
export function oddCharacterIn(
	text: string,
	isAllowed: (character: string, index: number) => boolean,
): OddCharacter | undefined {
	let odd: OddCharacter['kind'] | undefined;
	const place = placeOf(text, (character, index) => {
		odd = kindOf(character);
		return odd !== undefined && !isAllowed(character, index);
	});
	return odd && place ? { kind: odd, place } : undefined;
}

/** The first white space in a text, as `U+00A0, character 4`; undefined where there is none. */
export const spaceIn = (text: string) => placeOf(text, (character) => SPACE.test(character));

function placeOf(
	text: string,
	isSought: (character: string, index: number) => boolean,
): string | undefined {
	let count = 0;
	let index = 0;
	for (const character of text) {
		count++;
		if (isSought(character, index)) {
			const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
			return `U+${code}, character ${count}`;
		}
		index += character.length;
	}
	return undefined;
}

function kindOf(character: string): OddCharacter['kind'] | undefined {
	// Most characters of an address, decided at once.
	if (character >= ' ' && character < '\u007F') return undefined;
	if (OVERRIDE.test(character)) return 'override';
	if (BROKEN.test(character)) return 'broken';
	if (/\p{Cc}/u.test(character)) return 'control';
	return UNSEEN.test(character) && !SPACE.test(character) ? 'invisible' : undefined;
}
