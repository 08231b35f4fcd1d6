// The clock that the kernel reads. It keeps the one that the page has when it is loaded, so this module comes before the package.

const real = performance.now.bind(performance);

let counting = false;
let time = 0;

performance.now = () => {
  if (!counting) return real();
  time += 1;
  return time;
};

/** Whether the clock goes on by a millisecond with each look at it, instead of by itself. */
export function countLooks(wanted) {
  if (wanted && !counting) time = real();
  counting = wanted;
}
