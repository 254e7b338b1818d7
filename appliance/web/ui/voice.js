/**
 * Says the instruction aloud to the student. Only voices that live on this device are used (others would send the words
 * into the internet); where there is none, two short tones say right and not yet.
 */

import { language, said } from "./i18n.js";

const REMEMBERED_AS = "station.voice";
// Long enough to hear one sentence out and to act on it.
const PAUSE_MS = 2_500;
const TONES = { good: [660, 880], bad: [440] };

export class Voice {
  /** @param {boolean} atFirst whether it speaks before anybody chose */
  constructor(atFirst) {
    this.on = (localStorage.getItem(REMEMBERED_AS) ?? (atFirst ? "on" : "off")) === "on";
    this.last = "";
    this.spokenAt = Number.NEGATIVE_INFINITY;
    /** @type {AudioContext|null} */
    this.audio = null;
  }

  toggle() {
    this.on = !this.on;
    localStorage.setItem(REMEMBERED_AS, this.on ? "on" : "off");
    if (!this.on) globalThis.speechSynthesis?.cancel();
    this.last = "";
  }

  /**
   * Say a sentence once; the same one again only after another.
   * @param {import("./i18n.js").Said} message
   * @param {"good"|"bad"} mood
   */
  say(message, mood) {
    const words = said(message);
    const now = performance.now();
    if (!this.on || words === this.last || now - this.spokenAt < PAUSE_MS) return;
    this.last = words;
    this.spokenAt = now;
    const voice = localVoice(language());
    if (voice) speak(words, voice);
    else this.sound(TONES[mood]);
  }

  /** @param {number[]} notes Hz */
  sound(notes) {
    this.audio ??= new AudioContext();
    const { currentTime, destination } = this.audio;
    notes.forEach((frequency, index) => {
      const audio = /** @type {AudioContext} */ (this.audio);
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const start = currentTime + index * 0.16;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
      volume.gain.linearRampToValueAtTime(0, start + 0.15);
      tone.connect(volume).connect(destination);
      tone.start(start);
      tone.stop(start + 0.16);
    });
  }
}

/** @param {string} wanted */
function localVoice(wanted) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(wanted)) ?? null;
}

/** @param {string} words @param {SpeechSynthesisVoice} voice */
function speak(words, voice) {
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
}
