package dev.rlmbeam.transforms.model.offline;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the stretch of a text that shares the rarest words with a question. A word's worth is its
 * rarity among the stretches of this very text; on top count words that stand together in both, the
 * kind of thing that is asked for, and a little the words of the stretches around.
 */
final class RareWordMatch {
  private static final int NONE = Question.NONE;
  private static final int CLOSE = Question.CLOSE;
  private static final double CLOSE_WORTH = 0.7;
  private static final double BEFORE_WORTH = 0.35;
  private static final double AFTER_WORTH = 0.15;
  // Only the best by words alone are looked at closely.
  private static final int SHORT_LIST = 64;
  // Below this part of the question's worth what is shared is chance.
  private static final double LEAST_SHARE = 0.2;

  private final Question question;
  private final String text;
  private final Spans spans;
  private final boolean neighbours;
  private final SentenceShape shape;
  private final int[] exact;
  private final int[] close;
  private final double[] worth;
  private double wholeWorth;

  /**
   * @param neighbours whether stretches follow each other as in prose, so that one helps the next
   */
  RareWordMatch(Question question, String text, Spans spans, boolean neighbours) {
    this.question = question;
    this.text = text;
    this.spans = spans;
    this.neighbours = neighbours;
    this.shape = new SentenceShape(question, text, spans, neighbours);
    this.exact = new int[spans.size()];
    this.close = new int[spans.size()];
    this.worth = new double[question.terms().size()];
  }

  /** The index of the best stretch, if anything of substance is shared at all. */
  Optional<Integer> best() {
    if (question.terms().isEmpty()) {
      return Optional.empty();
    }
    findTerms();
    weighTerms();
    int[] shortList = shortList();
    int best = NONE;
    double bestScore = 0;
    for (int i : shortList) {
      if (i == NONE) {
        continue;
      }
      double score = score(i);
      if (score > bestScore) {
        bestScore = score;
        best = i;
      }
    }
    return best == NONE ? Optional.empty() : Optional.of(best);
  }

  private void findTerms() {
    // A text repeats its words: each form is stemmed and looked up once.
    Map<String, Integer> known = new HashMap<>(4096);
    for (int i = 0; i < spans.size(); i++) {
      Words word = new Words(text, spans.start(i), spans.end(i));
      while (word.next()) {
        int found = known.computeIfAbsent(word.lower(), question::term);
        if (found >= CLOSE) {
          close[i] |= 1 << (found - CLOSE);
        } else if (found != NONE) {
          exact[i] |= 1 << found;
        }
      }
      close[i] &= ~exact[i];
    }
  }

  private void weighTerms() {
    int n = spans.size();
    int[] frequency = new int[worth.length];
    for (int i = 0; i < n; i++) {
      for (int bits = exact[i] | close[i]; bits != 0; bits &= bits - 1) {
        frequency[Integer.numberOfTrailingZeros(bits)]++;
      }
    }
    List<Question.Term> terms = question.terms();
    for (int t = 0; t < worth.length; t++) {
      double rarity = Math.log(1 + (n - frequency[t] + 0.5) / (frequency[t] + 0.5));
      worth[t] = (rarity + 0.1) * terms.get(t).emphasis();
      wholeWorth += worth[t];
    }
  }

  private int[] shortList() {
    int[] best = new int[SHORT_LIST];
    double[] scores = new double[SHORT_LIST];
    Arrays.fill(best, NONE);
    for (int i = 0; i < spans.size(); i++) {
      if ((exact[i] | close[i]) == 0 || !substantial(i)) {
        continue;
      }
      double score = shared(i) * lengthFactor(spans.end(i) - spans.start(i));
      int at = SHORT_LIST;
      while (at > 0 && (best[at - 1] == NONE || scores[at - 1] < score)) {
        at--;
      }
      if (at < SHORT_LIST) {
        System.arraycopy(best, at, best, at + 1, SHORT_LIST - at - 1);
        System.arraycopy(scores, at, scores, at + 1, SHORT_LIST - at - 1);
        best[at] = i;
        scores[at] = score;
      }
    }
    return best;
  }

  /** True when what the stretch itself shares is more than chance. */
  private boolean substantial(int i) {
    int strong = 0;
    int strongInAll = 0;
    for (int t = 0; t < worth.length; t++) {
      if (!question.terms().get(t).weak()) {
        strongInAll++;
        strong += ((exact[i] | close[i]) >> t) & 1;
      }
    }
    if (strongInAll == 0) {
      return true;
    }
    return strong > 0 && (strong * 3 >= strongInAll || shared(i) >= LEAST_SHARE * wholeWorth);
  }

  private double shared(int i) {
    double sum = 0;
    for (int t = 0; t < worth.length; t++) {
      sum += worth[t] * presence(i, t);
    }
    return sum * (0.5 + 0.5 * sum / wholeWorth);
  }

  private double presence(int i, int t) {
    int bit = 1 << t;
    if ((exact[i] & bit) != 0) {
      return 1;
    }
    if ((close[i] & bit) != 0) {
      return CLOSE_WORTH;
    }
    if (!neighbours) {
      return 0;
    }
    if (i > 0 && !spans.opensBlock(i) && ((exact[i - 1] | close[i - 1]) & bit) != 0) {
      return BEFORE_WORTH;
    }
    if (i > 0 && spans.opensBlock(i) && ((exact[i - 1] | close[i - 1]) & bit) != 0) {
      // Across a blank line: a heading, most of all.
      return BEFORE_WORTH / 2;
    }
    return i + 1 < exact.length && ((exact[i + 1] | close[i + 1]) & bit) != 0 ? AFTER_WORTH : 0;
  }

  private double score(int i) {
    int start = spans.start(i);
    int end = spans.end(i);
    double score = shared(i) + together(i);
    score *= question.wantsDefinition() && shape.defines(start, end) ? 1.25 : 1;
    score *= question.askedFor().fit(text, start, end, question.stems());
    return score * lengthFactor(end - start) * shape.factor(i);
  }

  /** A long stretch shares words by chance. */
  private static double lengthFactor(int chars) {
    return 1 / (0.75 + 0.25 * Math.max(chars, 40) / 140.0);
  }

  /** Words that stand beside each other in the question and do so here. */
  private double together(int i) {
    List<Question.Term> terms = question.terms();
    double sum = 0;
    int lastTerm = NONE;
    int lastPosition = 0;
    int seenPairs = 0;
    int position = 0;
    Words word = new Words(text, spans.start(i), spans.end(i));
    while (word.next()) {
      String lower = word.lower();
      if (StopWords.isStop(lower)) {
        continue;
      }
      position++;
      int t = question.term(lower);
      if (t == NONE) {
        continue;
      }
      t = t >= CLOSE ? t - CLOSE : t;
      if (lastTerm != NONE && lastTerm != t) {
        int asked = terms.get(t).position() - terms.get(lastTerm).position();
        int here = position - lastPosition;
        int pair = 1 << Math.min(t, lastTerm);
        boolean adjacent =
            Math.abs(t - lastTerm) == 1 && !terms.get(t).weak() && !terms.get(lastTerm).weak();
        if (adjacent && (seenPairs & pair) == 0 && here <= Math.abs(asked) + 1) {
          seenPairs |= pair;
          sum += (here == asked ? 0.35 : 0.15) * (worth[t] + worth[lastTerm]) / 2;
        }
      }
      lastTerm = t;
      lastPosition = position;
    }
    return sum;
  }
}
