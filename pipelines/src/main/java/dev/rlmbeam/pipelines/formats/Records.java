package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;

/**
 * The records of one binary file, from its start to its end. However many there are, only one is in
 * memory, with as much of the file around it as was compressed together. One thread at a time;
 * closed by who opened it.
 */
public interface Records extends Closeable {

  /**
   * Goes to the next record.
   *
   * @return false at the end of the file
   * @throws IOException with a reason in words when nothing that follows can be read
   */
  boolean next() throws IOException;

  /**
   * The record gone to: the fields that were asked for with their values, the others as null.
   *
   * @throws UnusableRecordException when this one is too large, or no Unicode text; those after it
   *     may be read all the same
   */
  ObjectNode fields() throws UnusableRecordException;
}
