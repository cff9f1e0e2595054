using System.IO.Compression;
using Gateway.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gateway.Requests;

/// <summary>Reads a request's body into memory, at most so many bytes of it, and inflates gzip on the way.</summary>
internal static class BodyReader
{
    // What gzip adds to bytes that cannot be made smaller: 5 bytes for each 16 KiB, and its header.
    private const int GzipOverhead = 64 * 1024;

    private static readonly Failure NoJson = new(415, "unsupported_media_type", "The body's Content-Type must be application/json, in UTF-8.");

    /// <summary>What is wrong with a body that does not say to be JSON; null where it does.</summary>
    public static Failure? CheckIsJson(HttpRequest request)
    {
        var isJson = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        return isJson ? null : NoJson;
    }

    /// <summary>Reads the whole of a body that says to be JSON. Null where it could be read; a sender who is gone is a failure too, so that it is counted.</summary>
    public static async ValueTask<Failure?> ReadJsonAsync(HttpRequest request, PooledBuffer body, int limit, CancellationToken cancellationToken)
    {
        if (CheckIsJson(request) is { } failure) return failure;
        try
        {
            return await ReadAsync(request, body, limit, cancellationToken);
        }
        catch (IOException)
        {
            return Unreadable();
        }
    }

    /// <summary>Reads the whole body. Null where it could be read.</summary>
    /// <exception cref="IOException">The caller hung up.</exception>
    public static async ValueTask<Failure?> ReadAsync(HttpRequest request, PooledBuffer body, int limit, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        var compressed = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!compressed && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new Failure(415, "unsupported_encoding", "The body's Content-Encoding must be gzip or identity.");
        if (request.ContentLength > limit) return TooLarge(limit);

        // The framework's own limit answers with a reset that the caller cannot read, so it is lifted and the bytes are counted here. What is
        // counted of gzip is what comes out of it, and it may take in any amount without giving a byte: there the framework counts as well.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = compressed ? limit + GzipOverhead : null;

        try
        {
            if (!compressed) return await CopyAsync(request.Body, body, (int?)request.ContentLength ?? 0, limit, cancellationToken);

            await using var inflated = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await CopyAsync(inflated, body, sizeHint: 0, limit, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return new Failure(400, "invalid_encoding", "The body is not valid gzip.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(limit);
        }
        catch (BadHttpRequestException e) when (e.Message.StartsWith("Unexpected end", StringComparison.Ordinal))
        {
            // The caller hung up, and Kestrel says so here before it cancels the request. Nothing but the message tells it from a bad chunk.
            throw new IOException(e.Message, e);
        }
        catch (BadHttpRequestException e)
        {
            return Unreadable(e.StatusCode);
        }
    }

    private static async ValueTask<Failure?> CopyAsync(Stream source, PooledBuffer body, int sizeHint, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            // One byte more than announced, so that the read that finds the end needs no larger array.
            var free = body.GetMemory(Math.Max(sizeHint - body.Length, 0) + 1);
            var count = await source.ReadAsync(free, cancellationToken);
            if (count == 0) return null;

            body.Advance(count);
            if (body.Length > limit) return TooLarge(limit);
        }
    }

    /// <summary>What cannot be read of a body.</summary>
    public static Failure Unreadable(int status = StatusCodes.Status400BadRequest) => new(status, "invalid_body", "The body could not be read.");

    private static Failure TooLarge(int limit) => new(413, "request_too_large", $"The body is larger than {limit} bytes.");
}
