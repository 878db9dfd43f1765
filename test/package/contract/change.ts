/** A change of the contract, in a sentence. Pure. */
export interface Change {
	/** Whether something that people have saved no longer does what it did. */
	breaks: boolean;
	/** What changed, and for whom. */
	sentence: string;
	/** What the changelog may call an addition by. */
	names: string[];
}

export const lost = (sentence: string): Change => ({ breaks: true, sentence, names: [] });

export const added = (sentence: string, ...names: string[]): Change => ({
	breaks: false,
	sentence,
	names,
});

/** A thing with its article, such as "a record" or "an address". */
export const one = (thing: string) => `${/^[aeiou]/.test(thing) ? 'an' : 'a'} ${thing}`;

/** The keys of both, those of the first before those that only the second has. */
export const keys = (before: object, after: object): string[] => [
	...new Set([...Object.keys(before), ...Object.keys(after)]),
];

/** The changes as a failed test tells them, and what each kind of them asks for; nothing where there are none. */
export function told(changes: readonly Change[]): string {
	const lines = (breaks: boolean, cure: string) => {
		const those = changes.filter((change) => change.breaks === breaks);
		return those.length === 0 ? [] : [...those.map(({ sentence }) => `- ${sentence}`), cure, ''];
	};
	return [
		...lines(
			true,
			'This breaks what people have saved: CONTRIBUTING.md, "The contract", has the ways out.',
		),
		...lines(
			false,
			'This is new: run `npm run check -- contract` and give it a line in CHANGELOG.md.',
		),
	].join('\n');
}
