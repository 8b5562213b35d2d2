package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** Makes JSON of the records of a file. One thread at a time. */
final class ParquetMaterializer extends RecordMaterializer<ObjectNode> {
  private final List<String> names;
  private final ParquetGroup root;
  private ObjectNode fields = Values.JSON.objectNode();

  /**
   * @param projection the fields that are read
   * @param names of all fields, of which the others are null
   */
  ParquetMaterializer(MessageType projection, List<String> names, RecordBudget budget) {
    this.names = names;
    this.root = new ParquetGroup(projection, budget, record -> fields = (ObjectNode) record);
  }

  @Override
  public ObjectNode getCurrentRecord() {
    ObjectNode record = Values.JSON.objectNode();
    for (String name : names) {
      record.set(name, fields.get(name));
    }
    return record;
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }
}
