package dev.rlmbeam.pipelines.io;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The input's files: those that are tasks themselves apart from those that hold rows. It carries
 * the listing, which is so compressed in the job graph.
 */
final class FilesFn extends DoFn<String, InputFile> {
  private static final long serialVersionUID = 1L;

  private final InputListing listing;
  private final TupleTag<InputFile> texts;
  private final TupleTag<InputFile> rows;

  FilesFn(InputListing listing, TupleTag<InputFile> texts, TupleTag<InputFile> rows) {
    this.listing = listing;
    this.texts = texts;
    this.rows = rows;
  }

  @ProcessElement
  public void process(MultiOutputReceiver out) {
    for (InputFile file : listing.found()) {
      out.get(file.form() == InputFile.Form.TEXT ? texts : rows).output(file);
    }
  }
}
