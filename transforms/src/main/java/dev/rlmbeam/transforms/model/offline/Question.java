package dev.rlmbeam.transforms.model.offline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A question as the matcher sees it: its words that count, and what kind of answer it wants. */
final class Question {
  // Masks of one bit a term; a longer question is judged by its first words.
  static final int MAX_TERMS = 30;

  static final int NONE = -1;
  static final int CLOSE = 1 << 8;

  private static final Pattern DEFINITION =
      Pattern.compile("(?i)\\s*(?:so )?what (?:is|are|was|were|does [^?]{1,40} mean)\\b");

  /**
   * One word that counts. Immutable.
   *
   * @param position among the words of the question that are no stop words, so that neighbours can
   *     be told
   * @param emphasis above 1 for names, numbers and quoted words, below 1 for empty ones
   */
  record Term(String stem, int position, double emphasis) {
    boolean weak() {
      return emphasis < 0.5;
    }
  }

  private final List<Term> terms;
  private final Map<String, Integer> lookup = new HashMap<>();
  private final Map<String, Integer> kin = new HashMap<>();
  private final AskedFor askedFor;
  private final boolean definition;

  private Question(List<Term> terms, AskedFor askedFor, boolean definition) {
    this.definition = definition;
    this.terms = List.copyOf(terms);
    this.askedFor = askedFor;
    for (int i = 0; i < terms.size(); i++) {
      lookup.put(terms.get(i).stem(), i);
    }
    for (int i = 0; i < terms.size(); i++) {
      for (String other : AskedFor.kin(terms.get(i).stem())) {
        kin.putIfAbsent(other, i);
      }
    }
  }

  static Question of(String text) {
    List<Term> terms = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    Words word = new Words(text, 0, text.length());
    int position = 0;
    boolean first = true;
    while (word.next() && terms.size() < MAX_TERMS) {
      String lower = word.lower();
      boolean opening = first;
      first = false;
      if (StopWords.isStop(lower)) {
        continue;
      }
      position++;
      String stem = Stems.of(lower);
      boolean name = !opening && word.capitalised();
      boolean special = word.hasDigit() || quoted(text, word);
      double emphasis = special ? 1.3 : name ? 1.1 : StopWords.weight(stem);
      if (seen.putIfAbsent(stem, position) == null) {
        terms.add(new Term(stem, position, emphasis));
      }
    }
    return new Question(terms, AskedFor.of(text), DEFINITION.matcher(text).lookingAt());
  }

  private static boolean quoted(String text, Words word) {
    return word.start() > 0
        && "\"`'“‘«".indexOf(text.charAt(word.start() - 1)) >= 0
        && (word.start() < 2 || !Character.isLetterOrDigit(text.charAt(word.start() - 2)));
  }

  List<Term> terms() {
    return terms;
  }

  AskedFor askedFor() {
    return askedFor;
  }

  /** True when it asks what something is. */
  boolean wantsDefinition() {
    return definition;
  }

  /** The stems of the question. */
  Set<String> stems() {
    return lookup.keySet();
  }

  /**
   * The index of the term that a word is; with {@link #CLOSE} added if it is only close to it;
   * {@link #NONE} if it is none.
   */
  int term(String lowerCaseWord) {
    String stem = Stems.of(lowerCaseWord);
    Integer exact = lookup.get(stem);
    if (exact != null) {
      return exact;
    }
    Integer related = kin.get(stem);
    if (related != null) {
      return related + CLOSE;
    }
    for (int i = 0; i < terms.size(); i++) {
      if (Stems.near(terms.get(i).stem(), stem)) {
        return i + CLOSE;
      }
    }
    return NONE;
  }
}
