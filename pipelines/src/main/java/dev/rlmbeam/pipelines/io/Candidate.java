package dev.rlmbeam.pipelines.io;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.transforms.SimpleFunction;

/**
 * A row that may be chosen by {@code --limit} or {@code --sample}. The lowest ranks are. Immutable.
 *
 * @param rank compared first
 * @param source file and line, which is what names a row whatever its id
 */
record Candidate(String rank, String source) implements Serializable {

  /** By a hash of the id: the same rows every time. */
  static Candidate sampled(String id, String source) {
    return new Candidate(ContentHash.hex(id), source);
  }

  /** Highest rank first, so that the "top" of a collection are its lowest ranks. */
  static final class LowestOnTop implements Comparator<Candidate>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Candidate a, Candidate b) {
      int byRank = b.rank().compareTo(a.rank());
      return byRank != 0 ? byRank : b.source().compareTo(a.source());
    }
  }

  /** The sources of candidates. */
  static final class Sources extends SimpleFunction<List<Candidate>, Set<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Set<String> apply(List<Candidate> candidates) {
      Set<String> sources = new HashSet<>();
      candidates.forEach(candidate -> sources.add(candidate.source()));
      return sources;
    }
  }
}
