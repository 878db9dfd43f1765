/**
 * Lets nothing look at the machine's clock, or throw its dice, until the function returned is called:
 * a plan is given both, so that no step of the wall clock can reach it.
 */
export function forbidClockAndDice(): () => void {
	const { Date: RealDate } = globalThis;
	const forbidden = (name: string) => () => {
		throw new Error(`${name} was asked`);
	};
	class BlindDate extends RealDate {
		constructor(...given: [] | [string | number]) {
			if (given[0] === undefined) forbidden('new Date()')();
			super(given[0]!);
		}
		static override now = forbidden('Date.now()');
	}
	globalThis.Date = BlindDate as unknown as DateConstructor;
	const spies = [
		jest.spyOn(performance, 'now').mockImplementation(forbidden('performance.now()')),
		jest.spyOn(Math, 'random').mockImplementation(forbidden('Math.random()')),
	];
	return () => {
		globalThis.Date = RealDate;
		for (const spy of spies) spy.mockRestore();
	};
}
