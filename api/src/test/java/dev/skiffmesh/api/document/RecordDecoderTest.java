package dev.skiffmesh.api.document;

import static dev.skiffmesh.api.document.Trees.fields;
import static dev.skiffmesh.api.document.Trees.list;
import static dev.skiffmesh.api.document.Trees.plain;
import static dev.skiffmesh.api.document.Trees.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.policy.Percent;
import dev.skiffmesh.api.schema.AtLeastOneOf;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Needs;
import dev.skiffmesh.api.schema.OnlyWith;
import dev.skiffmesh.api.schema.Otherwise;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.RequiredWith;
import dev.skiffmesh.api.schema.Spelled;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordDecoderTest {

  enum Answer {
    FAIL,
    NOT_SURE
  }

  record Side(
      @Nullable String service, @Range(min = "0", max = "4294967295") @Default("1") long weight) {}

  @ExactlyOneOf({"exact", "prefix"})
  record Path(@MaxLength(5) @Nullable String exact, @MaxLength(5) @Nullable String prefix) {}

  @AtMostOneOf({"redirect", "reply"})
  record Action(@Nullable String redirect, @Nullable String reply) {}

  record Nest(@Nullable Nest inner) {}

  record Ordered(int low, int high) {
    Ordered {
      if (low > high) {
        throw new IllegalArgumentException("`low` must not be above `high`");
      }
    }
  }

  record Everything(
      @Matches(value = "[a-z]+", meaning = "lower-case letters") String name,
      boolean enabled,
      @Range(min = "1", max = "65535") int port,
      @Range(min = "0") BigDecimal weight,
      @Range(min = "50ms", max = "1h") Duration every,
      Instant since,
      Answer answer,
      Protocol protocol,
      Percent share,
      @MaxItems(2) List<Side> sides,
      @MaxItems(2) @MaxLength(3) List<String> words,
      @MaxItems(2) SortedMap<String, String> labels,
      @Default("10s") Duration idle,
      @Default("NotSure") Answer usual,
      @Default("true") boolean open,
      @Default("2.5") Percent part,
      @Nullable Path path) {}

  private static Mapping everything(Object... more) {
    return fields(
        concat(
            new Object[] {
              "name", "order",
              "enabled", "false",
              "port", "8080",
              "weight", "0.5",
              "every", "1m30s",
              "since", "2026-11-23T18:00:00+08:00",
              "answer", "Fail",
              "protocol", "grpc",
              "share", "12.5"
            },
            more));
  }

  private static Object[] concat(Object[] left, Object[] right) {
    Object[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private static <T> T ok(Decoded<T> decoded) {
    assertThat(decoded).isInstanceOf(Decoded.Ok.class);
    return ((Decoded.Ok<T>) decoded).value();
  }

  private static <R> List<R> wrong(Decoded<?> decoded, Function<Violation, R> what) {
    return decoded instanceof Decoded.Rejected<?>(List<Violation> violations)
        ? violations.stream().map(what).toList()
        : List.of();
  }

  private static List<String> wrong(RawNode node, Class<?> type) {
    return wrong(
        RecordDecoder.decode(node, type, "spec"), v -> "`" + v.field() + "` " + v.message());
  }

  @Test
  void readsEveryType() {
    Everything read =
        ok(
            RecordDecoder.decode(
                everything(
                    "sides", list(fields("service", "a"), fields("weight", "0")),
                    "words", list("on", "yes"),
                    "labels", fields("version", quoted("2"), "lane", "gray"),
                    "path", fields("prefix", "/v2")),
                Everything.class,
                "spec"));

    assertThat(read)
        .isEqualTo(
            new Everything(
                "order",
                false,
                8080,
                new BigDecimal("0.5"),
                Duration.ofSeconds(90),
                Instant.parse("2026-11-23T10:00:00Z"),
                Answer.FAIL,
                Protocol.GRPC,
                new Percent(new BigDecimal("12.5")),
                List.of(new Side("a", 1), new Side(null, 0)),
                List.of("on", "yes"),
                new TreeMap<>(Map.of("lane", "gray", "version", "2")),
                Duration.ofSeconds(10),
                Answer.NOT_SURE,
                true,
                new Percent(new BigDecimal("2.5")),
                new Path(null, "/v2")));
    assertThat(read.labels().keySet()).containsExactly("lane", "version");
    assertThat(read.share().partsPerMillion()).isEqualTo(125_000);
  }

  @Test
  void absentListsAndMapsAreEmptyAndAbsentOptionalFieldsAreNull() {
    Everything read = ok(RecordDecoder.decode(everything(), Everything.class, ""));

    assertThat(read.sides()).isEmpty();
    assertThat(read.labels()).isEmpty();
    assertThat(read.path()).isNull();
  }

  @Test
  void findsAllThatIsWrongAtOnceInTheOrderOfTheText() {
    Mapping text =
        fields(
            "share", "101",
            "enabled", "on",
            "port", "0",
            "weight", "-1",
            "pth", fields(),
            "sides", fields("service", "a"),
            "answer", "never");

    Decoded<Everything> decoded = RecordDecoder.decode(text, Everything.class, "spec");

    assertThat(wrong(decoded, v -> v.position().line() + " " + v.field()))
        .containsExactly(
            "1 spec.name",
            "1 spec.every",
            "1 spec.since",
            "1 spec.protocol",
            "1 spec.share",
            "2 spec.enabled",
            "3 spec.port",
            "4 spec.weight",
            "5 spec.pth",
            "6 spec.sides",
            "7 spec.answer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name     | 8                    | must be a text, found the number 8; quote it: "8"
          name     | true                 | must be a text, found true; quote it: "true"
          name     | ORDER                | must be lower-case letters, found the text 'ORDER'
          name     | ~                    | has no value; give it one or remove the field
          enabled  | on                   | must be true or false, found the text 'on'
          enabled  | 1                    | must be true or false, found the number 1
          port     | 0                    | must be from 1 to 65535, found 0
          port     | 80.5                 | must be a whole number, found the number 80.5
          port     | http                 | must be a whole number, found the text 'http'
          port     | 99999999999          | must be a whole number of at most 2147483647, found the number 99999999999
          weight   | -1                   | must be 0 or more, found -1
          weight   | 1e999999999          | must be a number of at most 38 digits, found the number 1e999999999
          weight   | .inf                 | must be a number of at most 38 digits, found the number .inf
          weight   | heavy                | must be a number, found the text 'heavy'
          every    | 3                    | must be a duration such as '250ms', '10s' or '1h30m', found the number 3; add a unit: '3s'
          every    | 3 s                  | must be a duration such as '250ms', '10s' or '1h30m', found the text '3 s'
          every    | 10ms                 | must be from 50ms to 1h, found 10ms
          since    | 2026-02-30T18:00:00Z | must be a moment such as '2026-11-23T18:00:00Z' (RFC 3339), found the text '2026-02-30T18:00:00Z'
          since    | 2026-02-20           | must be a moment such as '2026-11-23T18:00:00Z' (RFC 3339), found the text '2026-02-20'
          answer   | NOT_SURE             | must be one of 'Fail' or 'NotSure', found the text 'NOT_SURE'; did you mean 'NotSure'?
          answer   | Never                | must be one of 'Fail' or 'NotSure', found the text 'Never'
          protocol | udp                  | must be one of 'http', 'http2', 'grpc', 'tcp' or 'dubbo', found the text 'udp'
          share    | 100.1                | must be a percentage from 0 to 100 with at most four decimals, found the number 100.1
          share    | 1.23456              | must be a percentage from 0 to 100 with at most four decimals, found the number 1.23456
          sides    | a                    | must be a list, found the text 'a'; begin each item with '- '
          labels   | a                    | must be fields, found the text 'a'
          path     | /v2                  | must be fields, found the text '/v2'
          """)
  void namesWhatMustBeAndWhatWasFound(String field, String value, String message) {
    List<RawNode.Entry> entries = new ArrayList<>(everything().entries());
    entries.removeIf(entry -> entry.key().equals(field));
    entries.add(new RawNode.Entry(field, new Position(77, 3), plain(value)));

    Decoded<Everything> decoded =
        RecordDecoder.decode(new Mapping(entries, new Position(1, 1)), Everything.class, "spec");

    assertThat(wrong(decoded, v -> v.field() + "|" + v.message()))
        .containsExactly("spec." + field + "|" + message);
  }

  @Test
  void aNumberInQuotesIsAText() {
    assertThat(wrong(fields("weight", quoted("95")), Side.class))
        .containsExactly(
            "`spec.weight` must be a whole number, found the text '95'; remove the quotes");
  }

  @Test
  void anUnknownFieldIsNamedWithTheNearestKnownOne() {
    assertThat(wrong(fields("wieght", "5"), Side.class))
        .containsExactly(
            "`spec.wieght` is not a known field; did you mean `weight`? known here: `service`,"
                + " `weight`");
    assertThat(wrong(fields("colour", "red"), Side.class))
        .containsExactly("`spec.colour` is not a known field; known here: `service`, `weight`");
    assertThat(wrong(fields("app.kubernetes.io/name", "red"), Side.class).getFirst())
        .startsWith("`spec['app.kubernetes.io/name']` is not a known field");
  }

  @Test
  void aRequiredFieldIsMissed() {
    assertThat(wrong(fields("low", "1"), Ordered.class))
        .containsExactly("`spec.high` is required and is missing");
  }

  @Test
  void aFieldStandsOnce() {
    assertThat(wrong(fields("weight", "1", "weight", "2"), Side.class))
        .containsExactly("`spec.weight` must stand once; it stands already in line 1");
  }

  @Test
  void groupsOfFieldsExcludeEachOther() {
    assertThat(wrong(fields(), Path.class))
        .containsExactly("`spec` must have exactly one of `exact` and `prefix`, found none");
    assertThat(wrong(fields("exact", "/a", "prefix", "/b"), Path.class))
        .containsExactly(
            "`spec` must have exactly one of `exact` and `prefix`, found `exact` and `prefix`");
    assertThat(wrong(fields("redirect", "/a", "reply", "/b"), Action.class))
        .containsExactly(
            "`spec` must have at most one of `redirect` and `reply`, found `redirect` and `reply`");
  }

  @Test
  void listsHaveSizes() {
    record Sized(@MinItems(1) @MaxItems(2) List<String> names) {}

    assertThat(wrong(fields(), Sized.class))
        .containsExactly("`spec.names` must have at least 1 item, found none");
    assertThat(wrong(fields("names", list("a", "b", "c")), Sized.class))
        .containsExactly("`spec.names` must have at most 2 items, found 3");
  }

  @Test
  void aConstructorMayRefuse() {
    assertThat(wrong(fields("low", "2", "high", "1"), Ordered.class))
        .containsExactly("`spec` is refused: `low` must not be above `high`");
  }

  @Test
  void aRecordThatContainsItselfEndsSomewhere() {
    Mapping deep = fields();
    for (int i = 0; i < 5_000; i++) {
      deep = fields("inner", deep);
    }

    assertThat(wrong(deep, Nest.class).getFirst()).endsWith("is nested more than 64 levels deep");
  }

  @Test
  void aRecordThatRefusesItsOwnDefaultIsABug() {
    record Broken(@Range(min = "2") @Default("1") int number) {}

    assertThatThrownBy(() -> RecordDecoder.decode(fields(), Broken.class, ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("refuses its own default 1");
  }

  @Test
  void aFieldMayHaveANameThatJavaCannotHave() {
    record Call(@Spelled("interface") String interfaceName) {}

    assertThat(ok(RecordDecoder.decode(fields("interface", "a.B"), Call.class, "spec")))
        .isEqualTo(new Call("a.B"));
    assertThat(wrong(fields("interfaceName", "a.B"), Call.class))
        .contains("`spec.interface` is required and is missing");
  }

  @Test
  void aFieldMayNeedAnotherOrForbidIt() {
    assertThat(wrong(fields("size", "Large", "insured", "b"), Parcel.class))
        .containsExactly("`spec` must have a `carrier`, since its `size` is 'Large'");
    assertThat(wrong(fields("size", "Small", "carrier", "a", "insured", "b"), Parcel.class))
        .containsExactly("`spec.carrier` must not be there, since `size` is 'Small'");
    assertThat(wrong(fields("size", "Larg", "carrier", "a", "insured", "b"), Parcel.class))
        .containsExactly(
            "`spec.size` must be one of 'Small' or 'Large', found the text 'Larg'; did you mean"
                + " 'Large'?");
    assertThat(wrong(fields("size", "Small", "stamps", list()), Parcel.class))
        .containsExactly("`spec` must have at least one of `insured` and `stamps`, found none");
    ok(RecordDecoder.decode(fields("size", "Small", "stamps", list("a")), Parcel.class, "spec"));
  }

  @Test
  void whatMerelyLacksAnotherFieldCanBeReadNevertheless() {
    Violations found = new Violations();
    RecordDecoder decoder = new RecordDecoder(found);

    assertThat(decoder.read(fields("size", "Large"), Parcel.class, "spec"))
        .isEqualTo(new Parcel(Size.LARGE, null, null, List.of()));
    assertThat(found.found()).isEqualTo(2);
    assertThat(decoder.refused()).isEmpty();
  }

  @Test
  void aRefusedFieldCountsAsAbsentForWhoeverLooksForWhatElseIsWrong() {
    record Holder(@Nullable Path path, List<Ordered> pairs, Map<String, Integer> numbers) {}
    Violations found = new Violations();
    RecordDecoder decoder = new RecordDecoder(found);
    Mapping tree =
        fields(
            "path", fields("exact", "toolong"),
            "pairs", list(fields("low", "1", "high", "2"), fields("low", "x", "high", "2")),
            "numbers", fields("one", "1", "two", "zwei"));

    // A choice of one that has lost its one is no choice; a list that lacks an item is no list.
    assertThat(decoder.read(tree, Holder.class, "spec"))
        .isEqualTo(new Holder(null, List.of(), Map.of("one", 1)));
    assertThat(decoder.refused())
        .containsExactlyInAnyOrder("spec.path.exact", "spec.pairs[1].low", "spec.numbers.two");
  }

  @Test
  void whatCannotDoWithoutARefusedFieldIsAbsentToo() {
    assertThat(
            new RecordDecoder(new Violations())
                .read(fields("low", "x", "high", "2"), Ordered.class, "spec"))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "64, 64, 0", "65, 65, 0", "100, 100, 0", "101, 100, 1", "5000, 100, 4900"})
  void looksAtEachValueOnceAndShowsTheFirstHundredThings(int wrong, int shown, int more) {
    record Many(List<Side> sides) {}
    Object[] sides = new Object[wrong];
    Arrays.fill(sides, fields("weight", "many"));
    Violations found = new Violations();
    RecordDecoder decoder = new RecordDecoder(found);

    decoder.read(fields("sides", list(sides)), Many.class, "spec");

    // The root, the list, and each item with its only field.
    assertThat(decoder.visited()).isEqualTo(2 + 2 * wrong);
    assertThat(found.found()).isEqualTo(wrong);
    assertThat(decoder.refused()).hasSize(shown);
    List<Violation> words = found.inOrder();
    assertThat(words).hasSize(more > 0 ? shown + 1 : shown);
    if (more > 0) {
      assertThat(words.getLast().field()).isEmpty();
      assertThat(words.getLast().message())
          .isEqualTo("and %,d more that are not shown".formatted(more));
    }
  }

  @Test
  void unknownFieldsBeyondTheFirstHundredAreCountedAndNotCompared() {
    Object[] unknown = new Object[2 * 1000];
    for (int i = 0; i < unknown.length; i += 2) {
      unknown[i] = "k" + i;
      unknown[i + 1] = "1";
    }
    assertThat(wrong(fields(unknown), Side.class)).hasSize(101);
  }

  @Test
  void aMergeKeyIsCalledThat() {
    record Labelled(Map<String, String> labels) {}

    assertThat(wrong(fields("<<", fields("weight", "1")), Side.class))
        .singleElement()
        .asString()
        .contains("`spec['<<']` is a merge key, which YAML 1.2 does not have");
    assertThat(wrong(fields("labels", fields("<<", fields("a", "b"))), Labelled.class))
        .singleElement()
        .asString()
        .contains("`spec.labels['<<']` is a merge key");
  }

  @Test
  void aFieldsNameIsShownNoLongerThanAnybodyReads() {
    assertThat(wrong(fields("x".repeat(1_000_000), "1"), Side.class))
        .singleElement()
        .satisfies(words -> assertThat(words).hasSizeLessThan(500));
  }

  @Test
  void aRuleAboutAFieldThatIsNotThereIsABug() {
    record Broken(@Nullable @RequiredWith(field = "size", words = "Large") String carrier) {}

    assertThatThrownBy(() -> RecordDecoder.decode(fields(), Broken.class, ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no field size");
  }

  @Test
  void aFieldThatNeedsAnotherIsRefusedAtItsOwnPlace() {
    assertThat(wrong(fields("street", quoted("a"), "number", plain("7")), Place.class)).isEmpty();
    assertThat(wrong(fields("street", quoted("a")), Place.class)).isEmpty();
    assertThat(wrong(fields("number", plain("7")), Place.class))
        .singleElement()
        .asString()
        .contains("`spec.number` must stand beside `street`, whose number it is");
  }

  @Test
  void whatHoldsOtherwiseIsNoDefaultAndMustBeAValueOfTheField() {
    RecordSchema.Field patience = RecordSchema.of(Patient.class).fields().getFirst();

    assertThat(patience.otherwise()).isEqualTo("3s");
    assertThat(patience.defaultValue()).isNull();
    assertThat(patience.isRequired()).isFalse();
    assertThatThrownBy(() -> RecordSchema.of(Impatient.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("refuses what holds otherwise, soon");
  }

  private record Place(@Nullable String street, @Needs("street") @Nullable Integer number) {}

  private record Patient(@Otherwise("3s") @Nullable Duration patience) {}

  private record Impatient(@Otherwise("soon") @Nullable Duration patience) {}

  private enum Size {
    SMALL,
    LARGE
  }

  @AtLeastOneOf({"insured", "stamps"})
  private record Parcel(
      Size size,
      @RequiredWith(field = "size", words = "Large") @OnlyWith(field = "size", words = "Large")
          @Nullable String carrier,
      @Nullable String insured,
      List<String> stamps) {}
}
