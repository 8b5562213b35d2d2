package dev.rlmbeam.pipelines.io;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;

/** Which rows of the input a run takes: the same ones every time. Immutable. */
public sealed interface Selection extends Serializable {

  /** Every row. */
  record All() implements Selection {}

  /** The first rows, in the order of file names and lines. */
  record First(int rows) implements Selection {}

  /** Rows chosen by a hash of their ids. */
  record Sample(int rows) implements Selection {}

  /** The rows with these ids. */
  record Ids(Set<String> ids) implements Selection {
    public Ids {
      ids = Set.copyOf(ids);
    }

    /**
     * What to look for in the input: of rows that are the same in every respect one is called
     * {@code …-2} only after all of them were read.
     */
    Set<String> toLookFor() {
      Set<String> all = new HashSet<>(ids);
      ids.forEach(id -> all.add(ContentHash.withoutNumber(id)));
      return all;
    }
  }
}
