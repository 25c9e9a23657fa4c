// The chart of chart.py in xstate 5: prints playouts per second. Run it where xstate is installed.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { createMachine, createActor, assign } = require("xstate");

const TRACKS = 4, PHASES = 5, TICKS = 60, GROWTH = [7, 5, 11, 3], STEP = 20, HELD = 500;
const states = {};
for (let i = 0; i < TRACKS; i++) {
  const phases = {};
  for (let k = 0; k < PHASES; k++) {
    phases[`p${k}`] = { on: { tick: k < PHASES - 1
      ? { target: `p${k + 1}`, guard: ({ context }) =>
          context.n[i] >= STEP * (k + 1) && context.n[(i + 1) % TRACKS] < HELD }
      : { target: "p0", guard: ({ context }) => context.n[i] >= STEP * PHASES,
          actions: assign({ n: ({ context }) => context.n.map((v, j) => (j === i ? 0 : v)) }) } } };
  }
  states[`t${i}`] = { initial: "p0", states: phases };
}
const machine = createMachine({
  type: "parallel", context: { n: [0, 0, 0, 0] }, states,
  on: { grow: { actions: assign({ n: ({ context }) => context.n.map((v, i) => v + GROWTH[i]) }) } },
});
function play() {
  const actor = createActor(machine);
  actor.start();
  for (let t = 0; t < TICKS; t++) { actor.send({ type: "grow" }); actor.send({ type: "tick" }); }
  return actor.getSnapshot().value;
}
play();
let count = 0;
const start = performance.now();
while (performance.now() - start < 1500) { play(); count++; }
console.log((count * 1000) / (performance.now() - start));
