/**
 * What other encoders make of known data: zstd 1.5 and snappy through the bindings of Python (zstandard 0.25, python-snappy 0.7).
 */

import { concatBytes } from "../../src/decode/bytes.ts";

/** Data and what an encoder made of it. */
export interface Vector {
  /** What it is. */
  readonly title: string;
  /** Makes the data. */
  readonly data: () => Uint8Array;
  /** The data, encoded. */
  readonly packed: Uint8Array;
}

/** Frames of zstd, at several levels, with and without size and checksum. */
export const ZSTD: readonly Vector[] = [
  {
    title: "nothing",
    data: () => text(0),
    packed: unpack(
      "KLUv/SQAAQAAmenYUQ==",
    ),
  },
  {
    title: "nothing, of unknown size",
    data: () => text(0),
    packed: unpack(
      "KLUv/QAAAQAA",
    ),
  },
  {
    title: "one line",
    data: () => text(1),
    packed: unpack(
      "KLUv/SQjGQEAbWV0cmljXzE4e2xhYmVsPSJ2YWx1ZSA3NTgifSAxMDExMwoMIvFt",
    ),
  },
  {
    title: "one line without checksum",
    data: () => text(1),
    packed: unpack(
      "KLUv/SAjGQEAbWV0cmljXzE4e2xhYmVsPSJ2YWx1ZSA3NTgifSAxMDExMwo=",
    ),
  },
  {
    title: "a few lines",
    data: () => text(5),
    packed: unpack(
      "KLUv/SSq7QIAgkQQF6CnOWbfv/ikbZoMAMvZRIrsnWRKP1TxJP+ba1j0rO7T0fuafMpe8xo6kxi7+Bqi" +
        "3FsDpgg4sFUoVkAmjCMgWIAKAEVJAZ7AimnoDCgfIRggL1HaAXlnXvUEpAgjBg==",
    ),
  },
  {
    title: "40 lines, fast",
    data: () => text(40),
    packed: unpack(
      "KLUv/WRPBBUMAKaVMxaAS+UB6t/SwlUaRGaxFCGlzANoU1nBMwAqACoAprQfK5pk/ylW5goPX3j3z7Gi" +
        "rsGfxYrNAMgex0oaxmHhYIBBAg4OBAMHDWmBAoMEhQNCK0V5mqKzli3T9vPZxQrZedT5UsrHio0R2mPl" +
        "mUaDjpWyybTyTu+xcmcYRMZR1DGMFaK/yG7nb5dtVG/ufoZqz1gZLMN0rFCqutAKX6ZP1qvGyBQBAFpz" +
        "ipU5TRaOTS4qwkpbZSHZaaxc2tPqsYIma6x8njknk56xCodixYYCYKiBTC1dJLO6nwHQYo6oHhEgNCKg" +
        "lJGo3loHOlGG0FymFGOMhAdg7JSpff7wCazeZ61QkVO4e+kqGASYw9MhhKuaSRXiVhxlZI3aqjGOGZgg" +
        "wNvViE2mF1AJ+7IIKe3z3wqFNZZEXIL/HyVmjxBSWR3WXLROwd5WiX8MttSBgy51rb14V+1Y6IhwKtGz" +
        "Ci6Wi86wpYbR5PNIX/B4Q5sZCqepnVAtDVMWGZRpMsFiRjtVJtZo6A==",
    ),
  },
  {
    title: "40 lines, of unknown size",
    data: () => text(40),
    packed: unpack(
      "KLUv/QRY9QsAhhQxFoBL5QHq39LCVRpEZrEUIaXMA2hTWcExACcAJwCPFU2y/xQrc4WH17r751hR1+DP" +
        "YsVmAGSPYyUN47BwMMAgAQcHgoGDhrRAgUGCwgEhZGctW6Ytfz67WCE7jzpfSvlYsTFCe6w802jQsVI2" +
        "mVbe6T1W7jDtQvQX2e387TrbqNLN3c9Q7RkrgzZMSlWXohW+TJ+sV42RKVaK8jQVAFpzysKxXVSEVVl4" +
        "GiuX9rRCkzVWPp+TSc9YhUOxYkNHZOOooo5hbGWokVCJXRJi7WfgYqqoHhGAHCKg0BHR09oOqKSXdbKx" +
        "lhE0xj8lMeLqlhPipcgZhkRXRmfhOXy6VVZqoS0qRrUT3lCYO0N8PFwdooj5tuqfMneEsZUamxk1UQZv" +
        "dYwy/UBQTlFH+uMfbbBpVBserNT/TrG/ENKwyg4I+7MILyxe45u+fIQgXtIVggsZxBeJC6tbv0WSM19p" +
        "Ay2iPvIfEpcCNJwuV2rkxr2wabxpxxlKJElzb4YTVSbWaOg=",
    ),
  },
  {
    title: "40 lines, slow",
    data: () => text(40),
    packed: unpack(
      "KLUv/WRPBHUKAFYULxeQKx2jf2OqGCzd7QpsKWWSKUlBXStwAS8AJQAmAFWq6kYf2XJ+W0+RlZWsyhYL" +
        "aax1/gCTw8BDcLcAwkgKDcEgQQyFxHEkHBCKBZIINL5psof8olUpE+94Xov18otoNYX8lYrvcyrb27t7" +
        "jG6khy90FbQpLVamfLNLPpnvtUWSip9SXFPVOu125b0x3s5XCk92aolHH5UCgEJTT31k1KFJptroeDoy" +
        "v+p6pxptLJ3eTVtMl6JvVGpz1rjsZKgR0DR1ef8zMC1OqgMBKRFaJIZRnrIDAFhnyk4al2THpUyGyGcH" +
        "+QXqlmEosEN2Q9a8ebtVjgvVgNZSCFE0Z838/+E9TJ6I3USIj0jGdE5TGCsos5Uo/q5Mc7wPlrgue0s4" +
        "p3nmyoUIbQ5P4n4dtsow3MHoA/rdI5AKSXPM7N9+OaJ6j7URglBwYTCzoCom1mjo",
    ),
  },
  {
    title: "40 lines, literals as they are",
    data: () => text(40),
    packed: unpack(
      "KLUv/WRPBKUYADQobWV0cmljXzE4e2xhYmVsPSJ2YWx1ZSA3NTgifSAxMDExMwptZXRyaWNfMTV7bGFi" +
        "ZWw9InZhbHVlIDUxIn0gNTYyNwptZXRyaWNfMTA0MTkifSAxNjIxMgptZXRyaWNfNjc0OSJ9IDEyNzY3" +
        "Cm1ldHJpY180e2xhNjAifSAzMjIyNQptZXRyaWNfMzg5In0gMjExODd7bGFiZWw2NiJ9IDI2OTY2Cm1l" +
        "dHJpY18xODQ5NSJ9IDEwMzExCm1ldHJpY183e2xhNTQifSAxNzAzMQptZXRyaWNfNXtsYWI4MiJ9IDI1" +
        "NzM0MDUifSAyODM5NAptZXRyaWNfMjgxOTA2Nwo0e2xhYmVsNjUzIn0gNjU2MTY2MjgifSAxNTE4ODE0" +
        "MyJ9IDY5NntsYWJlbDE2NSJ9IDEzNDAzMzQifSAzMTM1MwptZXRyaWNfMDQ0NCJ9IDI0ODMxOCJ9IDE0" +
        "MjI0NTcifSAxOTQxOTk4MyJ9IDE4NzUxNzAifSA4MjU5OHtsYWJlbDc1NjI5Cm1ldHJpY182e2w2MDYi" +
        "fSAxMzk5MAptZXQ4e2xhYmVsNTE2In0gMTQxMTIyODI1MTI1MzQzCm0ye2xhYmVsMjMzIn0gNzUwe2xh" +
        "YmVsOTc5In0gMjkwNzEKbWV0cmljXzF7bGEzMzYifSAxMzA1In0gMzA3MjR7bGFiZWw0NzUifSAzMTY5" +
        "MzEzOSJ9IDIyMDF7bGFiZWwyMDIifSA5MTMxNyJ9IDI0NTgyCm1ldDV7bGFiZWw1ODYifSA5NjZ7bGFi" +
        "ZWwxNzQifSAxODQ0NzMifSAzMjQzNAptZXRyaWNfMTMxMTAifSAyNDc0ODMyMCJ9IDMyMDQ5CjwgsGLG" +
        "7DzrJND3IJl1tYMQ9kFiDNkcMnyVal+rTBTZhbYdu4DvGZlofKyHIe9T00JMGTdPDMasep2hDN6hStoy" +
        "74D8toU6XtOGMDGKiUOTxaNL/C/t3LVGh8v5rBxaweTbeIW569ojlHhRHxKzGZXVr1tBOSzuIqWcmhaj" +
        "WSSZtFm9nQYy1FgoJt+GyCYKJtZo6A==",
    ),
  },
  {
    title: "40 lines in many blocks",
    data: () => text(40),
    packed: unpack(
      "KLUv/QRYzAIAYkQQGJCnbRL+d1yrZGvUf3GKSGS3ldD7XSvAAZxQq7K6eIriUW/rzgtZ1LR1zxyIn9zW" +
        "mVxjQqPCFc0JtTI3DoBgwIEIAIAIBJiGzowiJpCCKO2AvDOvegI0AgCkAjYwIn0gMzIyMjUzODkifSAy" +
        "MTE4NzY2In0gMjY5NjY4NDk1MzExNCJ9IAoASEAAaMTNNUBeozSEfldmO5DXiIcLzQABPAIApAIxNzAz" +
        "NTg4MiJ9IDI1NzM0MDUifSAyODM5NDI4MTkwMTY1MyJ9IDY1NjEKAAsrDol+JXbHarUHJCv6thGdpaFo" +
        "IBnRVBbcAQDwNjI4NTE4ODUxNDkxNjUzNDAzMjgzNCJ9IDMxMzUwDABAiqI0BPKCJ7COER3S2HuEFoFk" +
        "4DOsc9UtIDQCAHQCNDQyNDgwMjMxNDI3NDU3OTQxOTk4Mzg3NTE3MCJ9IDgyNTkKbWV0DAA0awLwBNbB" +
        "Mon/l2JgDZA3hChmmRaBZECzBbDUAQDIcmljXzc1NjI5NjA2OTkwNTE2NDExMjI4MQwAoAhmYodoe70X" +
        "YLCOTIEAoAHXSGwHahBKY7j/3SICNAIAdAJhMTI1MzQyMjMzIn0gNzUwOTc5OTA3MTEzMzYzMDUifSAz" +
        "MDcyOQoMAEfoYIhYDKwB8oInYB0gbxkBM5AMNK1WsxUIAeQBAPg0NzMxNjkzMTMyMDIwMiJ9IDkxMzE3" +
        "NDU4MjV7bGFiCwCgCARzRAcrYzDooZAsVliLdgsFQBoEmEwRQQwCAPA1ODYifSA5NjYxNzE4NDQ3MzQz" +
        "NDExMTA3NDgzMjAMAOtkBACNZeKaMXK/gIYYeY0u7SCE2AEsBJIZEjBMgfMaSAAAIn0gMzIwNDkKAQAA" +
        "JtZo6A==",
    ),
  },
  {
    title: "noise",
    data: () => noise(300),
    packed: unpack(
      "KLUv/WQsAGEJAIwh/3Lt1xjZThOVE9wbY/yTBva/nOUG4G2wCgWf8nWHjjSzvLMr4gLAoVGMgCO57G1v" +
        "PWQOnCPsFwdQAz8BhTbfOlxxT+wACQDHr4VZoPEwU9iVX9ONcILKg9XtD9HTZPdLMWi6sytEhZ7p1l4o" +
        "wx68VzeI4lCm+f880ZwH9xdpT39seusXGQ3HPjZYiFPnECAFWbgzfHuqLUl95iAOCZ5e7UR92rGDuz+/" +
        "zeLOuxVd+Pk0xb+qqOvNww+lUaxhWZ2u8EuBGSGmZTjoTCj2BV28TACJfXLlFlbBwLCSatf0g9mqu9Xn" +
        "qyavwr1uj5xuaeIW9dtma+qCQF3H393gI8aJh6il0LLZlJh1hiD6RwrX5W9Lk3Eub4cErV4LJ6X8JybQ" +
        "I+FpE2NHlWh5O4+3blc=",
    ),
  },
  {
    title: "bytes of few values",
    data: () => skewed(1500),
    packed: unpack(
      "KLUv/WTcBKUgAMpdPBAZMEyh7AEADC0xEATGDpt17s7MjLnb/V2RMv4A/gD6AGvhKHeANEUsugPuJ9Mw" +
        "gltlOgxvjnWA5ufxkY9EnBQHqWQQqSzX0JUDcj1Hw/8205SDW8AkX2LQMsawZr2CAKeh/qb08HNnZsv9" +
        "qhR4sKlpKeTrxxRU6kk+fDMWbM+BB6PUGtpWj6J271M4DCDuk9PhyF4J/fhg0yA2aSyDHCs2EuchMZ2r" +
        "HkxtVgOlDbCA25fRrMU/eSRP0kLdsDGaxyoou/TKGM8PNekNO1VtDqNS6zMQDXC/SHlj3hr6YjTVQR52" +
        "eB5wxlWppQc2rcK8QknLUu0goozDIxLmKzbMJH2gICni46ahaOiS1s9gLWJMCTyT9jomZHSJlEV005CQ" +
        "z8zPiJceYObQD4dcJs5+/UEW8uBGUtzFjEnNFVVEs3iSN9dXSydzhJXp6/xsQkVyIN/2A2gMJpTTJ2PS" +
        "+uBYRDycUy03GOCVDJ5SVVJYT5EICemihGyghk1mwC9xNcuDOTRZWW9Xx6Uh/IyEYQw6Irm/u2gkXGLE" +
        "ttakF5FvkaAXv66Yz45LppsMHiCWXORA6D1KcJUXQH+qKmel2WKoCCJMBRY/XDEYQJp4t4lgxrNbloH9" +
        "DsY4ILL+QA9dEWAEvYvgMYUyplso3WqoTP6Is3CuB99H8KQbLxcQvTfZZSeCGYXHYtUl2LWiOfIuOzF8" +
        "i8SAKQQLsKXBeqG3MIcIa1yxqyyh382Xby5ELnLtRw0+DoPbc1FpqVTswxNrSx0VVABx8/t7c+Fx2CdE" +
        "5hjEZQ6enFFRIbQPknsyNUqXqBNxvDU2HzjcHj4sMgywQiTmBvEOkx2xNoqwxh0PRGtKb/cKnvosUjQo" +
        "Dv74zyY0jcjx/tuxlEk1l8RwFZXzF24RK6rwTga95mhn3lZfPmDW4uRZ3s5V9w0z869PThcovaAU6a1h" +
        "0sr9EH7zDdfOQd7ZeB7Mu1+VXbTWhXkUIGQ4u1FHus/iaCnRoy6Sz+xFlJeQk3RGRqTrgW+In6+Jfmmy" +
        "EME9Ts0UfQ91pQ9HKQ+XDukMdAE4DhHUvVzhPXcFkDdWa6JJ84LqEjLUoHJJp1BGnREWnWijXRrWNX2r" +
        "CQCmWDonl8TeBEars9QGFS09xiRHMXWfUAX2GjXkmkzHTuJHZ13XkvT+dVntK5SRK3aov6YSr6FuyfeE" +
        "CSn575sCm0uDu7wATkkAqQ7bbM4zw1nMk8KrMc7bYzS7JvHypPgv5zf9469hrtp7i4m5Bc9umKoii3QK" +
        "Z6Ed7Cq0nTJBvU50nNx2+exTGj9Vl0xIbCEyMCg9Bd/l4P6rg4do/MZgITQu+li+MLgYXRZtXUlhbvEc" +
        "2wCZyZjqkF7e8J+b5RpK3CoKFPHNKWDgSOPJgxP/sHFWALJbBSk=",
    ),
  },
  {
    title: "bytes of few values in three blocks",
    data: () => skewed(1500),
    packed: unpack(
      "KLUv/QRYhAsARh9bEjAc+gIIChCHts4u7oiIiLSUAlUAVABWAC9PjftezujeWJmI7HFe/9w/lw9wpDs9" +
        "McNctayzXYut5SqONouuQcPXW1CXYzED5L7NlzfkC8cgMQOwOgmXEHoeHfdmznYSqNabrtJZABUpJqzO" +
        "4An2ocZiz2nyxUlqZy0mOL5PUY9hokNXDEyklZ6oN8iyGaUkPRiS8H50m/7Mqmm2tV29r9QkSfEDkv2b" +
        "IzXAM4g9TUWxwF1KjhRdQ9A8/ev2N0zw6AdNMUWMZFBRbkILZHW/zHgcVdp5STeLbQIs60YfZhVBael+" +
        "aNSgy4+sh/lmOs8Y335N2SMVZQMnsXPbSY05IpNkP9ZBzAGmNg7AsBtRovSragkaPe7CDe+vPnl/Axve" +
        "0qPejpZPY5a1/DIkJYjMJbrocupjSWFzGVXPHohlbYHMMMZD7rl9hIqxwg3XJzsrdXMXQhl64k2Uabhm" +
        "GRUQIVuBpDjAk5cRRMC2AgB8CwBG31oTQFj26N8g275vETFVmbvd+xUpA1UAVgBTABEVtdkC+DmuZslA" +
        "hCg/7C3rCGgKv8WBWoPeWO7vLi4H5yxRYWzS28inONCLX1/QZ8k5080GCRBbrpIg9V453OUC6NN15fx0" +
        "Y1Chgo1BBOCMPwEEpE7TzG+Jly5wc+gERgImzn59algz4chKXNaWWZisqoZIMTlvsq+WzuYNlunr/G3C" +
        "hLOQb/sZSoNOwemT0VGaIFlDZJx0MQ8E4LUQTwvVerD3yMZBuuogAyz3U/jNX1xLBHln48lA755dltFa" +
        "IZMRNDKcrVDJus/iij3Vo66S3+xtnneQA+mQjE1XyTfE09dDvzWwsOEmqeYCfU91pQ9HKRm3GOkQdRmS" +
        "w0kNhNmYWBXatMYdJRWb0ts9wVQngBUDj4Q//rOOprFh3n87ltK5JsBZ3EXlfIVbA6sqvLNRL2Jamlep" +
        "Ly+atdiZmLdz1b2CofnXB1ILnlYUHulK1KwAbAsARl9aFGAY9vAXLjb/e1adw+1lP5T+SZIMVQBUAFMA" +
        "TWts8bPNqd/OoZdubG5zlxdIGABI3KaszqXOZ4G40HqxAFeAcrj5HUIqoab2D9ledLgRA04qFTbGhWpy" +
        "08jK+RCWNpM7acmMh91HqgmYQbSxkVk6wPZO0rFz2ydc4NP4LcsmomoSwaDFCj74Qob3fzE+UOVLCdZU" +
        "uWgAc6hF1iq0cOxWT3uQZ9mDGNEW2dc09IP/LLHXAceXB1IP7yZKwhvJHQoj/qM0sRaTLZ6qw7YQUKqP" +
        "zfcHjdZ8+O6JzmfiMidEOieN9eiom74x3mSmFmYueu5gq/m5iSFYyYc5w8JTDjvmy0G4KLQHYdpSdNkG" +
        "mk8xSRygXUgvdFYCzRwCqcsi88qLFarjnGB9xqgydbLpNU5BZ8eiEc20T2Z5Ut+r0MAVz/cm5Cz30aqd" +
        "IOuioivYWvUqru+dCmnQVWYyGrVsR7701paxWe9fn3b5JwABAACyWwUp",
    ),
  },
  {
    title: "zeros",
    data: () => new Uint8Array(300_000),
    packed: unpack(
      "KLUv/aTgkwQAVAAAEAAAAQD7/znAAgIAEAADnwQALSjeJg==",
    ),
  },
  {
    title: "the same text from far back",
    data: () => join(text(10), new Uint8Array(200_000), text(10)),
    packed: unpack(
      "KLUv/aToDwMAXAQAIgYTEaBvE46eAg4V+GV9t7Jb3SoZIHxBx1M6hSDTXY4y6V/9P0rdnspx90LeoEdu" +
        "3ttftSHI//Q5oXSTFnmkgwS0st2xJHRN4tTsRVrhDBygIBzdaf8OAAOJ8gao/iSVYpOvEqyCjAAi/pJ0" +
        "DcPi/VVr0ZpUvEsCyH2Whemu5OMgcrJmJUC5Zt6RAm0AAAACAFGXDqMKkQ45AALleIwq",
    ),
  },
];

/** Framed streams of snappy. */
export const SNAPPY: readonly Vector[] = [
  {
    title: "nothing",
    data: () => text(0),
    packed: unpack(
      "",
    ),
  },
  {
    title: "one line",
    data: () => text(1),
    packed: unpack(
      "/wYAAHNOYVBwWQEnAAARIG2rbWV0cmljXzE4e2xhYmVsPSJ2YWx1ZSA3NTgifSAxMDExMwo=",
    ),
  },
  {
    title: "40 lines",
    data: () => text(40),
    packed: unpack(
      "/wYAAHNOYVBwWQBsAgD7Ac6lzwqIbWV0cmljXzE4e2xhYmVsPSJ2YWx1ZSA3NTgifSAxMDExMwoRIwA1" +
        "NiMAJDUxIn0gNTYyNwoRIQAwNiEACDQxOQFEDDYyMTIRIwA2NiIABDc0BSIIMjc2FUUANDYiACQ2MCJ9" +
        "IDMyMjI1EUMAMzYhAAA4AUIMMjExOBmoADc2IgAoNTY2In0gMjY5NjYRRD7uAAg0OTUBqgwwMzExESM+" +
        "RQAANAEhCDcwMxUhOg4BCDg4MgFmCDU3MxVmOssABDUwAWUQMjgzOTQRZQAyNqoAADglUwwxOTA2NQ8A" +
        "MTpFACA2NTMifSA2NTYViAAxOlQBBDYyJboMNTE4OBFnOqsABDE0BUQAORlmOkMABDE2AaoMMTM0MDVV" +
        "PqoAADMhEAwzMTM1FSI+/QEANAEiCDI0OGJEAAQzMQWpBDQyVR46dAEINDU3IXUEOTQ1/AQxOTYxAQQ5" +
        "OAHKDDE4NzU5Dz4xASA3MCJ9IDgyNTkxDkLqAgVmCDU2MhUiOg8BBDYwQUEQMTM5OTARRD5BAgQ1MQUj" +
        "BDQxXtsBADEFIQgyMjhZyQAxNswAADElUwwyNTM0NVM6dQEEMjMB7gg3NTNVYjp0AQQ5N2UNCDkwNzkP" +
        "NmUABDMzBagEMzBZQDpEACH6CDMwNzkNOlABBDQ3BSIMMTY5MzUNOiMABDEzBYcEMjBZgjqHAAQyMGEt" +
        "BDkxHag6RAAEMzEhlgwyNDU4VR5CgAQAOAHMBDk2WYM6uAEEMTdBgwgxODRZHjr8AQQ0NyFSDDMyNDM1" +
        "uAAxOmAEBDExQUAMMjQ3NHVPPugELDMyMCJ9IDMyMDQ5Cg==",
    ),
  },
  {
    title: "noise",
    data: () => noise(100),
    packed: unpack(
      "/wYAAHNOYVBwWQFoAADz2zIvjCH/cu3XGNlOE5UT3Btj/JMG9r+c5QbgbbAKBZ/ydYeONLO8syviAsCh" +
        "UYyAI7nsbW89ZA6cI+wXB1ADPwGFNt86XHFP7AAJAMevhVmg8TBT2JVf041wgsqD1e0P0dNk90sxaA==",
    ),
  },
  {
    title: "zeros",
    data: () => new Uint8Array(70_000),
    packed: unpack(
      "/wYAAHNOYVBwWQAJDABZ0MsrgIAEAAD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD6AQAA2gAAqpXhwvAiAAD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+AQD+" +
        "AQD+AQD+AQD+AQD+AQC6AQA=",
    ),
  },
];

/** Makes lines of the text format, always the same. */
export function text(lines: number): Uint8Array {
  const next = random(1);
  let all = "";
  for (let i = 0; i < lines; i++) {
    all += `metric_${next() % 20}{label="value ${next() % 1000}"} ${next()}\n`;
  }
  return new TextEncoder().encode(all);
}

/** Makes bytes that do not shrink. */
export function noise(size: number): Uint8Array {
  const next = random(2);
  return Uint8Array.from({ length: size }, () => next() & 255);
}

/** Makes bytes below 64, the small ones more often: they shrink, though nothing repeats. */
function skewed(size: number): Uint8Array {
  const next = random(3);
  return Uint8Array.from(
    { length: size },
    () => Math.min(next() & 255, next() & 255, next() & 255) >> 2,
  );
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(parts);
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  };
}

function unpack(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
