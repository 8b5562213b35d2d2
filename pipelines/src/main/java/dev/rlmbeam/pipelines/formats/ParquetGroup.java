package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Makes a JSON value of a group: an object, or what a list or a map holds in the groups by which
 * Parquet tells "none" from "empty". One thread at a time.
 */
final class ParquetGroup extends GroupConverter {
  private final List<Type> fields;
  private final List<Converter> converters = new ArrayList<>();
  private final RecordBudget budget;
  private final Consumer<JsonNode> parent;
  private ObjectNode object = Values.JSON.objectNode();

  /**
   * @param parent takes each value when it is complete
   */
  ParquetGroup(GroupType type, RecordBudget budget, Consumer<JsonNode> parent) {
    this.fields = type.getFields();
    this.budget = budget;
    this.parent = parent;
    for (Type field : fields) {
      converters.add(of(field, budget, value -> put(field, value)));
    }
  }

  private static Converter of(Type type, RecordBudget budget, Consumer<JsonNode> parent) {
    if (type.isPrimitive()) {
      return new ParquetValue(type.asPrimitiveType(), budget, parent);
    }
    GroupType group = type.asGroupType();
    if (group.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
        && isRepeatedAlone(group)) {
      return new ParquetGroup(group, budget, value -> parent.accept(list(group, value)));
    }
    if ((group.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
            || group.getLogicalTypeAnnotation() instanceof MapKeyValueTypeAnnotation)
        && isRepeatedAlone(group)
        && !group.getType(0).isPrimitive()
        && group.getType(0).asGroupType().getFieldCount() == 2) {
      return new ParquetGroup(group, budget, value -> parent.accept(map(group, value)));
    }
    return new ParquetGroup(group, budget, parent);
  }

  private static boolean isRepeatedAlone(GroupType group) {
    return group.getFieldCount() == 1 && group.getType(0).isRepetition(Repetition.REPEATED);
  }

  /** The elements, without the group around each that newer files have. */
  private static JsonNode list(GroupType list, JsonNode value) {
    Type repeated = list.getType(0);
    JsonNode elements = value.path(repeated.getName());
    boolean wrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().equals(list.getName() + "_tuple");
    if (!wrapped) {
      return elements;
    }
    String element = repeated.asGroupType().getFieldName(0);
    ArrayNode unwrapped = Values.JSON.arrayNode();
    elements.forEach(each -> unwrapped.add(each.path(element)));
    return unwrapped;
  }

  private static JsonNode map(GroupType map, JsonNode value) {
    GroupType entry = map.getType(0).asGroupType();
    ObjectNode object = Values.JSON.objectNode();
    for (JsonNode each : value.path(entry.getName())) {
      object.set(each.path(entry.getFieldName(0)).asText(), each.path(entry.getFieldName(1)));
    }
    return object;
  }

  @Override
  public Converter getConverter(int field) {
    return converters.get(field);
  }

  @Override
  public void start() {
    object = Values.JSON.objectNode();
    for (Type field : fields) {
      if (field.isRepetition(Repetition.REPEATED)) {
        object.putArray(field.getName());
      } else {
        object.putNull(field.getName());
      }
    }
  }

  @Override
  public void end() {
    // One for itself, so that no list of empty objects is without an end.
    if (budget.take(1)) {
      parent.accept(object);
    }
  }

  private void put(Type field, JsonNode value) {
    if (object.get(field.getName()) instanceof ArrayNode array
        && field.isRepetition(Repetition.REPEATED)) {
      array.add(value);
    } else {
      object.set(field.getName(), value);
    }
  }
}
