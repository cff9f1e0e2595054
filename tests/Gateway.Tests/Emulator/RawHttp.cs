using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Emulator;

/// <summary>What a client without manners sees: the bytes of the answer, how they were written, and how they ended.</summary>
internal sealed record RawHttp(byte[] Bytes, bool WasReset)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The body's chunks: with one flush each, they are the writes of the server.</summary>
    public List<byte[]> Chunks()
    {
        var chunks = new List<byte[]>();
        for (var at = Bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4; at < Bytes.Length;)
        {
            var line = at + Bytes.AsSpan(at).IndexOf("\r\n"u8);
            var size = int.Parse(Encoding.ASCII.GetString(Bytes[at..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                break;
            chunks.Add(Bytes[(line + 2)..(line + 2 + size)]);
            at = line + 2 + size + 2;
        }

        return chunks;
    }

    public bool IsWhole => Bytes.AsSpan().EndsWith("0\r\n\r\n"u8);

    public static async Task<RawHttp> PostAsync(Uri endpoint, string path, string body, CancellationToken ct)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(endpoint.Host, endpoint.Port, ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nhost: {endpoint.Authority}\r\napi-key: any\r\nconnection: close\r\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), ct);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, ct);
            return new(answer.ToArray(), WasReset: false);
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return new(answer.ToArray(), WasReset: true);
        }
    }
}
