// Owns stills taken from a video before it is sent: one frame becomes a photo of the report.

const QUALITY = 0.92;

/** Returns what shows a video and takes a still from it.
 * @param {File} file
 * @param {HTMLInputElement} pictures
 * @returns {Element} */
export function frameOf(file, pictures) {
  const box = document.createElement("div");
  box.className = "video__frame";
  const open = document.createElement("button");
  open.type = "button";
  open.className = "govuk-button govuk-button--secondary";
  open.textContent = "Take a still from this video";
  open.addEventListener("click", () => box.replaceChildren(...player(file, pictures)), { once: true });
  box.append(open);
  return box;
}

/** @param {File} file
 * @param {HTMLInputElement} pictures */
function player(file, pictures) {
  const video = document.createElement("video");
  const words = document.createElement("p");
  const take = document.createElement("button");
  Object.assign(video, { src: URL.createObjectURL(file), controls: true, muted: true, playsInline: true });
  video.setAttribute("aria-label", "Your video. Stop it where the person is seen best.");
  words.className = "meta";
  words.setAttribute("role", "status");
  words.textContent = "Stop the video where the person is seen best.";
  Object.assign(take, { type: "button", className: "govuk-button", textContent: "Add this picture" });
  video.addEventListener("error", () => {
    words.textContent = "This browser cannot show the video. It is sent all the same.";
    take.remove();
  });
  take.addEventListener("click", () => addStill(video, file, pictures, words));
  return [video, words, take];
}

/** @param {HTMLVideoElement} video
 * @param {File} file
 * @param {HTMLInputElement} pictures
 * @param {Element} words */
async function addStill(video, file, pictures, words) {
  if (!video.videoWidth) return;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const still = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  const name = `${file.name.replace(/\.\w+$/, "")} at ${video.currentTime.toFixed(1)} s.jpg`;
  const all = new DataTransfer();
  for (const one of pictures.files) all.items.add(one);
  all.items.add(new File([still], name, { type: "image/jpeg" }));
  pictures.files = all.files;
  pictures.dispatchEvent(new Event("change", { bubbles: true }));
  words.textContent = "Added to the photos of this report.";
}
