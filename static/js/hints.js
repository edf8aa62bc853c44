// Owns the hints of pictures: draws the shades of a picture in its place until it is here.
// The format is ThumbHash; this follows its reference (Evan Wallace, MIT licence,
// github.com/evanw/thumbhash), without transparency.

const SIDE = 32;

/** @param {string} packed */
function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const low = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const high = bytes[3] | (bytes[4] << 8);
  const lasting = high >> 15;
  const across = Math.max(3, lasting ? 7 : high & 7);
  const down = Math.max(3, lasting ? high & 7 : 7);
  let half = 0;
  const waves = (x, y, scale) => {
    const found = [];
    for (let cy = 0; cy < y; cy++) {
      for (let cx = cy ? 0 : 1; cx * y < x * (y - cy); cx++) {
        const four = (bytes[5 + (half >> 1)] >> ((half++ & 1) << 2)) & 15;
        found.push({ cx, cy, strength: (four / 7.5 - 1) * scale * 2 });
      }
    }
    return found;
  };
  return {
    ratio: (lasting ? 7 : high & 7) / (lasting ? high & 7 : 7),
    planes: [
      { mean: (low & 63) / 63, waves: waves(across, down, ((low >> 18) & 31) / 31) },
      { mean: ((low >> 6) & 63) / 31.5 - 1, waves: waves(3, 3, (((high >> 3) & 63) / 63) * 1.25) },
      { mean: ((low >> 12) & 63) / 31.5 - 1, waves: waves(3, 3, (((high >> 9) & 63) / 63) * 1.25) },
    ],
  };
}

/** Cosines are the same in each row and column, so they are worked out once.
 * @param {number} length */
function cosines(length) {
  return Array.from({ length }, (_, at) => Array.from({ length: 7 }, (__, wave) => Math.cos((Math.PI / length) * (at + 0.5) * wave)));
}

/** @param {HTMLCanvasElement} canvas
 * @param {string} packed */
function draw(canvas, packed) {
  const { ratio, planes } = unpack(packed);
  canvas.width = Math.round(ratio > 1 ? SIDE : SIDE * ratio);
  canvas.height = Math.round(ratio > 1 ? SIDE / ratio : SIDE);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  const [across, down] = [cosines(canvas.width), cosines(canvas.height)];
  for (let y = 0, at = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++, at += 4) {
      const [light, yellow, red] = planes.map(({ mean, waves }) => waves.reduce((sum, { cx, cy, strength }) => sum + strength * across[x][cx] * down[y][cy], mean));
      const blue = light - (2 / 3) * yellow;
      const r = (3 * light - blue + red) / 2;
      image.data.set([255 * r, 255 * (r - red), 255 * blue, 255], at);
    }
  }
  pen.putImageData(image, 0, 0);
}

/** @param {Element} frame */
function show(frame) {
  const image = frame.querySelector("img");
  if (!image || (image.complete && image.naturalWidth)) return;
  const canvas = document.createElement("canvas");
  canvas.className = "frame__hint";
  canvas.setAttribute("aria-hidden", "true");
  draw(canvas, frame.dataset.hint);
  frame.prepend(canvas);
  image.addEventListener("load", () => canvas.remove(), { once: true });
}

// Hundreds of tiles may be on a page: only those near the screen are drawn.
const watch = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watch.unobserve(target);
    show(target);
  }
}, { rootMargin: "50%" });

function watchNew() {
  for (const frame of document.querySelectorAll(".frame[data-hint]:not([data-watched])")) {
    frame.dataset.watched = "";
    watch.observe(frame);
  }
}

watchNew();
document.addEventListener("content:swapped", watchNew);
