/** Find words that are meant: typed in the other script, heard and not seen, or with a slip of the finger. */

// Cyrillic as it is heard in the Latin letters of these languages; Azerbaijani Cyrillic too.
const LATIN = {
  а: "a", б: "b", в: "v", г: "g", ғ: "g", ҝ: "g", д: "d", е: "e", ж: "j", з: "z", и: "i", й: "y", ј: "y", к: "k",
  қ: "g", л: "l", м: "m", н: "n", о: "o", ө: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ү: "u", ў: "o", ф: "f",
  х: "h", ҳ: "h", һ: "h", ц: "ts", ч: "c", ҹ: "c", ш: "s", щ: "s", ъ: "", ы: "i", ь: "", э: "e", ә: "e", ю: "yu",
  я: "ya",
}; // prettier-ignore
// One sound that is written in several ways.
const ALIKE = [
  [/sh/g, "s"], [/ch/g, "c"], [/zh/g, "j"], [/[kg]h/g, "h"], [/x/g, "h"], [/q/g, "g"], [/w/g, "v"], [/y/g, "i"],
  [/(.)\1+/g, "$1"],
]; // prettier-ignore

/**
 * @param {string} text folded
 * @returns {string} what it sounds like, in Latin letters: "шексиййет" and "sexsiyyet" become one
 */
export function sound(text) {
  const latin = text.replace(/\p{Script=Cyrillic}/gu, (letter) => LATIN[letter] ?? letter);
  return ALIKE.reduce((heard, [pattern, letter]) => heard.replace(pattern, letter), latin);
}

/**
 * Count the slips between what was typed and the beginning of a word: a letter too many, too few, wrong, or two swapped.
 *
 * @param {string} typed
 * @param {string} word
 * @param {number} most more need not be counted
 * @returns {number} `most + 1` where there are more
 */
export function slips(typed, word, most) {
  let before = null;
  let row = Array.from({ length: word.length + 1 }, (_, place) => place);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    for (let j = 1; j <= word.length; j++) {
      const isSame = typed[i - 1] === word[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      if (isSwapped) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    before = row;
    row = next;
  }
  // A word need not be typed to its end.
  return Math.min(...row);
}

/**
 * @param {string} typed a word, folded
 * @returns {number} how many slips may be forgiven; none in a short word, which would be any other
 */
export function forgiven(typed) {
  if (typed.length < 4) return 0;
  return typed.length < 8 ? 1 : 2;
}

/**
 * @param {string} query sounds, words apart
 * @param {string[]} words sounds
 * @returns {number} 0 = not meant; the fewer slips the more
 */
export function meantRank(query, words) {
  let rank = 0;
  for (const typed of query.split(" ")) {
    const most = forgiven(typed);
    const fewest = Math.min(most + 1, ...words.map((word) => slips(typed, word, most)));
    if (fewest > most) return 0;
    rank += 1 / (1 + fewest);
  }
  return rank;
}
