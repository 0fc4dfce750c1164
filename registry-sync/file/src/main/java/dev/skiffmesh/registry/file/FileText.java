package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.DocumentReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What came of reading a file as text. */
sealed interface FileText {

  /** All of it. */
  record Whole(String text) implements FileText {}

  /**
   * It cannot be read.
   *
   * @param line from 1; 0 where no line is to blame
   * @param message what must be true and what was found
   */
  record Refused(FindingCode code, int line, String message) implements FileText {}

  /** What it holds, with a finding if it cannot be read. */
  default DocumentReader.Content content(DocumentReader reader, String source, String portion) {
    return switch (this) {
      case Whole(String text) -> reader.read(source, portion, text);
      case Refused(FindingCode code, int line, String message) -> {
        Origin origin = new Origin(source, portion, new Position(line, 0));
        yield new DocumentReader.Content(
            List.of(),
            List.of(new Finding(code, portion, origin.toString(), null, message)),
            false);
      }
    };
  }

  /** Reads a file; never throws. */
  static FileText read(Path path, long largest) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes((int) Math.min(largest + 1, Integer.MAX_VALUE - 8));
      if (bytes.length > largest) {
        return new Refused(
            FindingCode.UNREADABLE_FILE,
            0,
            "must have at most " + largest + " bytes; split it into several files");
      }
      return decoded(bytes);
    } catch (AccessDeniedException denied) {
      return refused("must be readable by Skiff, found no permission to read it");
    } catch (NoSuchFileException dangling) {
      return refused("must be a file, found a link to nothing");
    } catch (IOException broken) {
      return refused("must be readable, found: " + broken.getMessage());
    }
  }

  private static FileText refused(String message) {
    return new Refused(FindingCode.UNREADABLE_FILE, 0, message);
  }

  private static FileText decoded(byte[] bytes) throws CharacterCodingException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(in, out, true);
    if (!result.isError()) {
      return new Whole(out.flip().toString());
    }
    int line = 1;
    for (int i = 0; i < in.position(); i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return new Refused(
        FindingCode.UNREADABLE_TEXT,
        line,
        String.format(
            Locale.ROOT,
            "must be UTF-8, found the byte 0x%02X; save the file as UTF-8",
            bytes[in.position()]));
  }
}
